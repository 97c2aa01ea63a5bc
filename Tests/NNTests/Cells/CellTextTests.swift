import Foundation
import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// Cells as text: what is printed reads back as the same cell, and what cannot be read is refused with its place.
@Suite struct CellTextTests {
  @Test(arguments: AllCells.entries.map(\.name))
  func everyCellIsItsText(_ name: String) throws {
    let entry = AllCells.entry(named: name)!
    let text = entry.text
    let lines = text.split(separator: "\n")
    #expect(lines.count <= 25)
    #expect(!text.contains(/\bv[0-9]+\b/), "a value without a name of its own")
    for (hidden, input) in [(entry.hiddenSize(from: 5), 3), (entry.hiddenSize(from: 36), 36)] {
      let read = try CellText(text, options: ["hiddenSize": Double(hidden)])
      try read.validate(inputSize: input)
      let cell = entry.make(hiddenSize: hidden)
      #expect(CellPrinter.isEqual(trace(read, inputSize: input), trace(cell, inputSize: input)))
      #expect(
        Recurrence(Builder(seed: 1), read, inputSize: input).plan
          == Recurrence(Builder(seed: 1), cell, inputSize: input).plan)
    }
  }

  @Test(arguments: AllCells.entries.flatMap { entry in entry.variants.map { (entry.name, $0) } })
  func everyFormPrintsAsNumbersToo(_ name: String, variant: String) throws {
    let entry = AllCells.entry(named: name)!
    let step = trace(entry.make(hiddenSize: entry.hiddenSize(from: 5), variant: variant), inputSize: 3)
    let text = try #require(CellPrinter.text(name: name, step))
    #expect(CellPrinter.isEqual(trace(try CellText(text), inputSize: 3), step))
  }

  @Test func valuesThatNothingNamesGetNumbers() throws {
    struct Unnamed: Cell {
      var states: StateShapes { ["h": 4, "k": 4] }
      func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
        let second = w.vector("second", 4)
        let first = w.vector("first", 4) * 2
        s.h = w.product(x, w.parameter("weight", [4, x.width])) + first
        s.h = s.h * second + s.k
        s.k = s.h
        return s.k
      }
    }
    let step = trace(Unnamed(), inputSize: 3)
    let text = try #require(CellPrinter.text(name: "unnamed", step))
    #expect(CellPrinter.isEqual(trace(try CellText(text), inputSize: 3), step))
  }

  @Test func startsReadBack() throws {
    struct Starting: Cell {
      var states: StateShapes {
        (["h": 4, "m": 2, "k": 3, "l": 1] as StateShapes).starting("m", at: -.infinity).starting(
          "h", at: 0.25
        )
        .startingAtParameter("k").startingAtParameter("l", initial: .normal(0.5))
      }
      func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
        s.m = max(s.m, w.linear("m", x, 2))
        s.h = tanh(w.linear("ih", x, 4) + s.h * s.l)
        s.k = s.k * 0.5
        s.l = s.k.sum()
        return s.h
      }
    }
    let step = trace(Starting(), inputSize: 3)
    let text = try #require(CellPrinter.text(name: "starting", step))
    #expect(
      text.contains("\nstate h[4] = 0.25, m[2] = -inf, k[3] = parameter(), l[1] = parameter(normal(0.5))\n"))
    #expect(CellPrinter.isEqual(trace(try CellText(text), inputSize: 3), step))
    let other = try CellText(text.replacing("-inf", with: "inf"))
    #expect(!CellPrinter.isEqual(trace(other, inputSize: 3), step))
  }

  /// What declares an input may still name a value.
  @Test func furtherInputsReadBack() throws {
    struct Reader: Cell {
      var states: StateShapes { ["h": 4] }
      func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
        let decay = exp(-softplus(w.input("gap", 1))).named("input")
        let (source, other) = (w.memory("source", 4), w.memory("other", 2))
        let a = softmaxOverMemory((source * s.h).sum()).named("memory")
        let b = sumOverMemory(other * decay).named("b")
        s.h = tanh(sumOverMemory(a * source) + w.linear("id", concatenate(w.perSequence("id", 3), b), 4))
        return s.h
      }
    }
    let step = trace(Reader(), inputSize: 3)
    let text = try #require(CellPrinter.text(name: "reader", step))
    #expect(text.contains("\ninput gap[1]\nmemory source[4]\nmemory other[2]\nperSequence id[3]\n"))
    #expect(text.contains("\ninput = exp("))
    let read = try CellText(text)
    #expect(CellPrinter.isEqual(trace(read, inputSize: 3), step))
    #expect(read.furtherInputs == ["gap", "source", "other", "id"])
    // Another kind of input is another cell.
    let other = try CellText(text.replacing("input gap", with: "perSequence gap"))
    #expect(!CellPrinter.isEqual(trace(other, inputSize: 3), step))
  }

  struct Mistake: CustomTestStringConvertible, Sendable {
    let text: String
    let line: Int
    let column: Int
    let problem: String
    var testDescription: String { problem }

    init(_ equations: String, _ line: Int, _ column: Int, _ problem: String) {
      text = "cell c(hiddenSize = 8)\nstate h[hiddenSize], c[hiddenSize]\n" + equations
      self.line = line
      self.column = column
      self.problem = problem
    }
  }

  static let mistakes = [
    Mistake("h = tanh(y)\nc = c\nreturn h\n", 3, 10, "there is no y here"),
    Mistake("h = tanh(z)\nz = x\nc = c\nreturn h\n", 3, 10, "z is used before it is defined in line 4"),
    Mistake("h = linear ih(x, 9)\nc = c\nreturn h\n", 3, 1, "the state h has width 8, its new value 9"),
    Mistake("h = linear ih(x, 8) + linear hh(h, 4)\nc = c\nreturn h\n", 3, 5, "the widths differ: 8 and 4"),
    Mistake("h = tanh(h)\nreturn h\n", 2, 22, "the state c is never assigned"),
    Mistake(
      "a, b, d = split(h)\nh = a\nc = c\nreturn h\n", 3, 11, "a width of 8 does not divide into 3 equal parts"
    ),
    Mistake(
      "h = linear ih(x, hiddenSize/3)\nc = c\nreturn h\n", 3, 18, "a number of columns is a whole number"),
    Mistake("h = softmax(h)\nc = c\nreturn h\n", 3, 5, "there is no function softmax"),
    Mistake("h = tanh(h, c)\nc = c\nreturn h\n", 3, 5, "tanh takes 1 value, here are 2"),
    Mistake("h = tanh(h\nc = c\nreturn h\n", 4, 1, "expected ','"),
    Mistake("h = (((h\n", 4, 1, "expected ')'"),
    Mistake("h = h $ 2\n", 3, 7, "'$' means nothing here"),
    Mistake("h = 1\nc = c\nreturn h\n", 3, 5, "expected a row of numbers, found one number"),
    Mistake(
      "h = linear ih(x, 8) + linear ih(c, 8)\nc = c\nreturn h\n", 3, 23, "the parameter weight_ih has shape"),
    Mistake("h = linear(x, 8)\nc = c\nreturn h\n", 3, 5, "linear needs a name"),
    Mistake("h = h[4..<12]\nc = c\nreturn h\n", 3, 5, "columns 4..<12 of a value that has 8"),
    Mistake("h = h + parameter W(4, 8)\nc = c\nreturn h\n", 3, 5, "a matrix of parameters"),
    Mistake("h = product(x, c)\nc = c\nreturn h\n", 3, 5, "the second value of a product"),
    Mistake("h = h/0 + hiddenSize/0\nc = c\nreturn h\n", 3, 22, "a division by 0"),
    Mistake("h = linear ih(x, 8, bias=maybe)\nc = c\nreturn h\n", 3, 26, "expected true or false"),
    Mistake("h = linear ih(x, 8, initial=ones(2))\nc = c\nreturn h\n", 3, 29, "this is no initialiser"),
    Mistake("x = h\nh = x\nc = c\nreturn h\n", 3, 1, "x has a meaning already"),
    Mistake("h = z'\nc = c\nreturn h\n", 3, 5, "z' means the state z before the step"),
    Mistake("h = h\nc = c\n", 5, 1, "expected `return`"),
    Mistake("h = h\nc = c\nreturn h\nh = c\n", 6, 1, "nothing follows `return`"),
    Mistake(
      "h = " + String(repeating: "(", count: 100_000), 3, 105, "parentheses are nested more than 100 deep"),
    Mistake(
      "h = " + String(repeating: "-", count: 100_000) + "h", 3, 104, "signs are nested more than 100 deep"),
    Mistake(
      "h = h" + String(repeating: "+h", count: 100_000), 3, 2006, "a sum or product of more than 1000 terms"),
    Mistake("h = repeated(h, 10000000)\nc = c\nreturn h\n", 3, 5, "10000000 times 8 columns"),
    Mistake("h = 1e999 * h\n", 3, 5, "1e999 is not a number"),
    Mistake(
      "state m[4] = h\nm = m\nh = h\nc = c\nreturn h\n", 3, 14, "h is used before it is defined in line 5"),
    Mistake("state m[4] = 0/0\nm = m\nh = h\nc = c\nreturn h\n", 3, 16, "a division by 0"),
    Mistake("state m[4] = inf - inf\nm = m\nh = h\nc = c\nreturn h\n", 3, 14, "a start that is no number"),
    Mistake(
      "state m[4] = parameter(1, 2)\nm = m\nh = h\nc = c\nreturn h\n", 3, 14,
      "a state that begins as a parameter"),
    Mistake(
      "state m[4] = parameter(fixed(default))\nm = m\nh = h\nc = c\nreturn h\n", 3, 30,
      "default has no meaning"),
    Mistake("memory source[0]\nh = h\nc = c\nreturn h\n", 3, 15, "a width of 0"),
    Mistake("memory c[4]\nh = h\nc = c\nreturn h\n", 3, 8, "c is declared already in line 2"),
    Mistake("h = h\nmemory m[4]\nc = c\nreturn h\n", 4, 1, "memories and inputs are declared before"),
    Mistake("memory m\nh = h\n", 3, 9, "expected '['"),
    Mistake("memory m[8]\nh = h + m\nc = c\nreturn h\n", 4, 1, "the new value of h has a row for each slot"),
    Mistake("memory m[8]\nh = h\nc = c\nreturn m\n", 6, 8, "the output has a row for each slot of a memory"),
    Mistake(
      "memory m[8]\nh = softmaxOverMemory(h)\nc = c\nreturn h\n", 4, 23,
      "softmaxOverMemory of a value that has no row for each slot"),
    Mistake(
      "memory m[8], n[8]\nh = sumOverMemory(m + n)\nc = c\nreturn h\n", 4, 19, "the slots of two memories"),
    Mistake("h = h\nc = c\nreturn parameter W(4, 8)\n", 5, 8, "the output is a matrix, not a row"),
  ]

  @Test(arguments: mistakes)
  func mistakesAreNamedWithTheirPlace(_ mistake: Mistake) {
    do {
      try CellText(mistake.text).validate(inputSize: 5)
      Issue.record("read without an error")
    } catch {
      #expect(error.problem.hasPrefix(mistake.problem), "\(error)")
      #expect(error.position == .init(line: mistake.line, column: mistake.column), "\(error)")
    }
  }

  /// Every beginning of a text, and the text with each byte replaced, is read or refused and nothing else; what is read can be used.
  @Test func damagedTextsAreNoCrash() {
    // Small sizes: planned is every text that can be read.
    let texts =
      AllCells.entries.map { $0.text.replacing("hiddenSize = 128", with: "hiddenSize = 8") }
      + AllDecoders.entries.compactMap { entry in
        CellPrinter.text(name: entry.name, trace(entry.make(hiddenSize: 5, memorySize: 4), inputSize: 3))
      }
    var readCount = 0
    for text in texts {
      let bytes = Array(text.utf8)
      for index in bytes.indices {
        var other = bytes
        other[index] = UInt8(truncatingIfNeeded: 32 + (index &* 7 + Int(bytes[index])) % 96)
        for text in [
          String(decoding: bytes[..<index], as: UTF8.self), String(decoding: other, as: UTF8.self),
        ] {
          guard let cell = try? CellText(text), (try? cell.validate(inputSize: 3)) != nil else { continue }
          readCount += 1
          Self.use(cell, text)
        }
      }
    }
    #expect(readCount > texts.count)
  }

  /// Plans, initialises and prints a cell.
  private static func use(_ cell: CellText, _ text: String) {
    let builder = Builder(seed: 1)
    let recurrence = Recurrence(builder / "rnn", cell, inputSize: 3)
    #expect(!recurrence.plan.isEmpty)
    _ = builder.finish()
    // Read back as the same equations, or nil.
    #expect(CellPrinter.text(name: cell.name, trace(cell, inputSize: 3)) != nil, "\(text)")
  }

  @Test func thePageOfCellsIsUpToDate() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/cells.md")
    #expect(
      try String(contentsOf: page.standardized, encoding: .utf8) == CellDocument.text + "\n",
      "`rondo cells document > docs/cells.md` writes it anew")
  }
}
