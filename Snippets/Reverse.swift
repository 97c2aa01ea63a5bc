// Strings written backwards: an encoder reads a string in both directions, a decoder with attention writes it from its end.
//
//     swift run -c release Reverse [TRAINING STEPS]

import Rondo

// A string is 5 to 40 symbols out of 26 letters; a decoder also writes the end of a string, and reads it before the first letter.
let (letters, end) = (26, Int32(26))

let builder = Builder(seed: 1)
let symbols = Embedding(builder / "symbols", count: letters + 1, width: 32)
let encoder = RecurrentStack(builder / "encoder", [GRU(hiddenSize: 64)], inputSize: 32, directions: .both)
let cell = GRU(hiddenSize: 128).attending(to: "source", memorySize: 128, attentionSize: 64)
let decoder = Recurrence(builder / "decoder", cell, inputSize: 32)
let head = Linear(builder / "head", inputSize: decoder.outputSize, outputSize: letters + 1)
var weights = builder.finish()

/// Random strings; each seed has others.
func strings(_ count: Int, seed: UInt64) -> [[Int32]] {
  let random = RandomSource(seed: seed)
  return (0..<count).map { number in
    let length = 5 + random.index(below: 36, stream: UInt64(number), position: 0)
    return (0..<length).map {
      Int32(random.index(below: letters, stream: UInt64(number), position: UInt64($0 + 1)))
    }
  }
}

/// The symbols of sequences in the order in which a layout has their rows.
func rows(_ sequences: [[Int32]], _ layout: SequenceLayout) -> [Int32] {
  (0..<layout.stepCount).flatMap { time in
    layout.order.prefix(layout.rows(ofStep: time).count).map { sequences[$0][time] }
  }
}

/// What the encoder makes of strings: a memory for each of them.
func encode(_ strings: [[Int32]], _ tape: Tape) -> Memory {
  let layout = SequenceLayout(strings.map(\.count))
  return Memory(rows: encoder(symbols(tape, rows(strings, layout)), layout).output, layout: layout)
}

/// What the decoder gives where it is told what it should have written before.
func decode(
  _ answers: [[Int32]], _ layout: SequenceLayout, _ memory: Memory, _ tape: Tape, recording: Recording? = nil
) -> Variable {
  let before = symbols(tape, rows(answers.map { [end] + $0.dropLast() }, layout))
  return decoder(before, layout, memories: ["source": memory], recording: recording).output
}

func loss(_ strings: [[Int32]], _ tape: Tape) -> Variable {
  let answers = strings.map { $0.reversed() + [end] }
  let layout = SequenceLayout(answers.map(\.count))
  return head.crossEntropy(
    decode(answers, layout, encode(strings, tape), tape), rows(answers, layout))
}

/// What the decoder writes by itself, taking the likeliest symbol in each step.
func write(_ strings: [[Int32]], _ weights: ParameterStore) -> [[Int32]] {
  let tape = Tape(weights, training: false)
  let session = Session(
    [decoder], weights, streams: strings.count, memories: ["source": encode(strings, tape).sequences])
  var written = strings.map { _ in [Int32]() }
  var last = strings.map { _ in end }
  for _ in 0...strings.map(\.count).max()! {
    let step = Tape(weights, training: false)
    let output = session.step(symbols(step, last).value.values)
    let logits = head(step.constant(Tensor([strings.count, decoder.outputSize], output))).value.values
    for stream in strings.indices where written[stream].last != end {
      let choices = logits[stream * (letters + 1)..<(stream + 1) * (letters + 1)]
      last[stream] = Int32(choices.indices.max { choices[$0] < choices[$1] }! - choices.startIndex)
      written[stream].append(last[stream])
    }
  }
  return written.map { $0.last == end ? $0.dropLast() : $0 }
}

// MARK: Training

let steps = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 2000 : 2000
let clock = ContinuousClock()
let start = clock.now
var optimizer = Adam(for: weights)
var gradients = Gradients(zerosFor: weights)
for step in 1...steps {
  let tape = Tape(weights, training: true)
  let loss = loss(strings(32, seed: UInt64(step)), tape)
  gradients.reset()
  tape.backward(from: loss, into: &gradients)
  gradients.withUnsafeMutableValues { _ = GradientClipping(norm: 1).apply($0.baseAddress!, $0.count) }
  optimizer.update(&weights, gradients, rate: 0.002 * min(1, 2 * (1 - Double(step - 1) / Double(steps))))
  if step % 100 == 0 {
    print("step \(step)  loss \(loss.value.scalar)  \((clock.now - start).components.seconds) s")
  }
}

// MARK: What it learned

let fresh = strings(1000, seed: 1 << 40)
let right = zip(fresh, write(fresh, weights)).filter { $0.reversed() == $1 }.count
print("\(right) of \(fresh.count) strings it never saw are written right, every letter of them")

/// Symbols as letters.
func text(_ symbols: [Int32]) -> String {
  String(symbols.map { $0 == end ? "." : Character(UnicodeScalar(97 + UInt8($0))) })
}

let example = strings(20, seed: 1 << 41).first { $0.count > 15 }!
let answer = write([example], weights)[0] + [end]
let layout = SequenceLayout([answer.count])
let tape = Tape(weights, training: false)
let recording = Recording(["attention"])
_ = decode([answer], layout, encode([example], tape), tape, recording: recording)
let attention = recording["attention"]
print("\nwhere it looked in the string (across) while it wrote (down):\n\n    \(text(example))")
for (symbol, slots) in zip(answer, attention.slots) {
  let shades = Array(" .:-=+*#%@")
  let row = slots.map { shades[Int(attention.value.values[$0] * 9.99)] }
  print("  \(text([symbol])) \(String(row))")
}
