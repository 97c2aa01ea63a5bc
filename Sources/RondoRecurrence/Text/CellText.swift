import RondoCore

/// A cell whose equations are a text: the same graph, and so the same bits, as the same equations in Swift.
///
///     cell lstm(hiddenSize = 128)
///     state h[hiddenSize], c[hiddenSize]
///     i, f, g, o = split(linear ih(x, 4*hiddenSize) + linear hh(h, 4*hiddenSize))
///     c = sigmoid(f)*c + sigmoid(i)*tanh(g)
///     h = sigmoid(o)*tanh(c)
///     return h
///
/// `x` is the input, `inputSize` its width; the names in the first line are numbers that can be chosen. A state that was assigned is the new
/// one from the next line on; `h'` is always the one before the step. After the states, lines such as `memory source[64]`, `input gap[1]` and
/// `perSequence id[8]` declare what the cell reads beside its input. Reading a text executes nothing.
public struct CellText: Cell {
  /// The cell's own name.
  public let name: String
  /// The equations as they were read.
  public let text: String
  /// The numbers of the first line, with those that were chosen.
  public let options: [String: Double]
  private let syntax: CellSyntax

  /// Reads a text.
  ///
  /// - Parameter options: Numbers to be used instead of those in its first line.
  public init(_ text: String, options: [String: Double] = [:]) throws(CellTextError) {
    syntax = try CellParser.parse(text)
    name = syntax.name
    self.text = text
    self.options = Dictionary(
      syntax.options.map { ($0.name, options[$0.name] ?? $0.value) }, uniquingKeysWith: { a, _ in a })
    try CellEvaluation.checkDeclarations(syntax)
    if let unknown = options.keys.sorted().first(where: { self.options[$0] == nil }) {
      throw CellTextError(
        .init(line: 1, column: 1), "the cell \(name) has no option \(unknown)",
        hint: "It has \(optionNames.joined(separator: ", ")).")
    }
  }

  /// The numbers that can be chosen, in the order of the first line.
  public var optionNames: [String] { syntax.options.map(\.name) }

  /// The names of what the cell reads beside its input: memories and values of steps and sequences.
  public var furtherInputs: [String] { syntax.further.map(\.name) }

  /// Throws what a trace for inputs of this width would stumble upon: names, widths, states.
  public func validate(inputSize: Int) throws(CellTextError) {
    let shapes = try CellEvaluation.states(of: syntax, options: options, inputSize: inputSize)
    _ = try traceStep(StateShapes(shapes), inputSize: inputSize, name: name) {
      x, states, weights throws(CellTextError) in
      try CellEvaluation.run(syntax, options, x, &states, weights)
    }
  }

  /// The states, if none is as wide as the input.
  public var states: StateShapes { states(inputSize: 0) }

  public func states(inputSize: Int) -> StateShapes {
    do {
      return StateShapes(try CellEvaluation.states(of: syntax, options: options, inputSize: inputSize))
    } catch {
      fatalError("CellText \(name): \(error)")
    }
  }

  public func step(_ x: Term, _ states: inout States, _ weights: Weights) -> Term {
    do {
      return try CellEvaluation.run(syntax, options, x, &states, weights)
    } catch {
      fatalError("CellText \(name): \(error)")
    }
  }
}
