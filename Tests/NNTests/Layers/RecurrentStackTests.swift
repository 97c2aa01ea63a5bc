import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct RecurrentStackTests {
  private static let layout = SequenceLayout([3, 0, 5, 1])
  private static let x = OperationCheck.uniform([9, 4], stream: 5)

  private func stack(
    _ directions: RecurrentStack.Directions, skips: Bool = false
  ) -> (RecurrentStack, ParameterStore) {
    let builder = Builder(seed: 3)
    let stack = RecurrentStack(
      builder / "rnn", [LSTM(hiddenSize: 4), GRU(hiddenSize: 3)], inputSize: 4, directions: directions,
      dropout: 0.5, skips: skips)
    return (stack, builder.finish())
  }

  @Test func aStackIsItsLayersOneAboveTheOther() {
    let (stack, weights) = stack(.both)
    #expect(stack.outputSize == 6)
    let tape = Tape(weights, training: false)
    let x = tape.constant(Self.x)
    let below = concatenate([
      stack.forward[0](x, Self.layout).output, stack.reverse[0](x, Self.layout).output,
    ])
    let above = concatenate([
      stack.forward[1](below, Self.layout).output, stack.reverse[1](below, Self.layout).output,
    ])
    #expect(stack(x, Self.layout).output.value.values == above.value.values)
  }

  @Test func everyLayerAndDirectionIsRecorded() {
    let (stack, weights) = stack(.both)
    func run(_ recordings: (forward: [Recording], reverse: [Recording])) -> [Tensor] {
      let tape = Tape(weights, training: true)
      let (x, layout) = (tape.leaf(Self.x), Self.layout)
      let output = stack(x, layout, recordings: recordings).output
      let gradients = tape.backward(from: sum(output * output))
      return [output.value, gradients.values]
    }
    let recordings = (
      forward: [Recording(["c"]), Recording(["h"])], reverse: [Recording(["i"]), Recording(["h"])]
    )
    #expect(run(recordings) == run(([], [])))
    for (recording, name, width) in [
      (recordings.forward[0], "c", 4), (recordings.reverse[0], "i", 4), (recordings.forward[1], "h", 3),
      (recordings.reverse[1], "h", 3),
    ] {
      #expect(recording[name].value.shape == [9, width])
      #expect(recording[name].gradient?.values.contains { $0 != 0 } == true)
    }
  }

  @Test func directionsAreAdded() {
    let (stack, weights) = stack(.bothAdded)
    #expect(stack.outputSize == 3 && stack.forward[1].inputSize == 4)
    let tape = Tape(weights, training: false)
    let x = tape.constant(Self.x)
    let below = stack.forward[0](x, Self.layout).output + stack.reverse[0](x, Self.layout).output
    let above = stack.forward[1](below, Self.layout).output + stack.reverse[1](below, Self.layout).output
    #expect(stack(x, Self.layout).output.value.values == above.value.values)
  }

  @Test func skipsAddWhatALayerReads() {
    let (stack, weights) = stack(.forward, skips: true)
    let tape = Tape(weights, training: false)
    let x = tape.constant(Self.x)
    // The upper layer is narrower than its input.
    let below = stack.forward[0](x, Self.layout).output + x
    #expect(
      stack(x, Self.layout).output.value.values == stack.forward[1](below, Self.layout).output.value.values)
  }

  /// Where a sequence ends: the forward direction at its last step, the reverse at its first; these are the final states.
  @Test(arguments: RecurrentStack.Directions.allCases)
  func lastIsTheFinalState(_ directions: RecurrentStack.Directions) {
    let builder = Builder(seed: 4)
    let stack = RecurrentStack(
      builder / "rnn", [Elman(hiddenSize: 5)], inputSize: 4, directions: directions)
    let tape = Tape(builder.finish(), training: false)
    let x = tape.constant(Self.x)
    let last = stack(x, Self.layout).last.value
    let forward = stack.forward[0](x, Self.layout).final[0]
    guard directions != .forward else { return #expect(last.values == forward.value.values) }
    let reverse = stack.reverse[0](x, Self.layout).final[0]
    let expected = directions == .both ? concatenate([forward, reverse]) : forward + reverse
    #expect(last.values == expected.value.values)
  }

  @Test func onlyTrainingDrops() {
    let (stack, weights) = stack(.both)
    func output(training: Bool) -> [Float] {
      let tape = Tape(weights, training: training, seed: 1, pass: 2)
      return stack(tape.constant(Self.x), Self.layout).output.value.values
    }
    #expect(output(training: true) != output(training: false))
    #expect(output(training: true) == output(training: true))
  }

  /// Against difference quotients of the loss, all parameters at once, through both directions and the pooling.
  @Test(arguments: Pooling.allCases) func gradientsFlowThroughAll(_ pooling: Pooling) {
    let (stack, weights) = stack(.both)
    func loss(_ weights: ParameterStore) -> (tape: Tape, loss: Variable) {
      let tape = Tape(weights, training: true, seed: 1, pass: 2)
      let rows = pool(stack(tape.constant(Self.x), Self.layout).output, Self.layout, pooling)
      return (tape, sum(rows * rows))
    }
    let (tape, value) = loss(weights)
    let gradients = tape.backward(from: value)
    let squares = gradients.values.values.map { Double($0) * Double($0) }.reduce(0, +)
    var (above, below) = (weights, weights)
    let step: Float = 1e-2 / Float(squares.squareRoot())
    above.withUnsafeMutableValues { for (i, g) in gradients.values.values.enumerated() { $0[i] += step * g } }
    below.withUnsafeMutableValues { for (i, g) in gradients.values.values.enumerated() { $0[i] -= step * g } }
    let slope = Double(loss(above).loss.value.scalar - loss(below).loss.value.scalar) / Double(2 * step)
    #expect(abs(slope / squares - 1) < 1e-2, "\(slope) against \(squares)")
  }
}
