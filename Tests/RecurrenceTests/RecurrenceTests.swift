import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// A recurrence on a tape.
@Suite struct RecurrenceTests {
  static let cells: [any Cell] = [
    Elman(hiddenSize: 7), LSTM(hiddenSize: 7), GRU(hiddenSize: 7), ThreeLoopsInAChain(hiddenSize: 7),
    DelayedActivation(hiddenSize: 7),
  ]
  private static let inputSize = 3

  /// A layer of the cell, weights for it, and a tape on them.
  private struct Layer {
    let recurrence: Recurrence
    var store: ParameterStore

    init(_ cell: some Cell, reverse: Bool = false) {
      let builder = Builder(seed: 8)
      recurrence = Recurrence(builder / "rnn", cell, inputSize: inputSize, reverse: reverse)
      store = builder.finish()
    }

    func tape(training: Bool = true) -> Tape { Tape(store, training: training) }

    /// Random rows of the input.
    func input(_ layout: SequenceLayout) -> Tensor {
      var random = RandomNumbers(seed: 9)
      return Tensor([layout.rowCount, inputSize], random.next(layout.rowCount * inputSize))
    }

    /// Random initial states.
    func initial(_ layout: SequenceLayout) -> [Tensor] {
      var random = RandomNumbers(seed: 10)
      return recurrence.states.map {
        Tensor([layout.sequenceCount, $0.width], random.next(layout.sequenceCount * $0.width))
      }
    }
  }

  /// A loss that depends on every element of some values.
  private func loss(_ values: [Variable], seed: UInt64 = 11) -> Variable {
    var random = RandomNumbers(seed: seed)
    return values.map { sum($0 * $0.tape.constant(Tensor($0.shape, random.next($0.value.count)))) }
      .reduce(values[0].tape.constant(Tensor(0))) { $0 + $1 }
  }

  // MARK: Batches

  /// Sequences of a batch come back in the order they were given in, each as if it had run by itself.
  @Test(arguments: cells.indices, [false, true])
  func batchesKeepTheUsersOrder(_ index: Int, reverse: Bool) {
    let layer = Layer(Self.cells[index], reverse: reverse)
    let lengths = [7, 5, 9, 1, 0, 3, 9]
    let layout = SequenceLayout(lengths)
    let tape = layer.tape(training: false)
    let (x, initial) = (layer.input(layout), layer.initial(layout))
    let (output, final) = layer.recurrence(
      tape.constant(x), layout, initial: initial.map { tape.constant($0) })
    let inputs = layout.sequences(ofRows: x.values, width: Self.inputSize)
    let outputs = layout.sequences(ofRows: output.value.values, width: layer.recurrence.outputSize)
    var first = 0
    for (sequence, length) in lengths.enumerated() {
      func rows(_ values: [Float], _ range: Range<Int>, width: Int) -> Tensor {
        Tensor([range.count, width], Array(values[range.lowerBound * width..<range.upperBound * width]))
      }
      func state(_ tensor: Tensor) -> Tensor {
        rows(tensor.values, sequence..<sequence + 1, width: tensor.columns)
      }
      let (alone, aloneFinal) = layer.recurrence(
        tape.constant(rows(inputs, first..<first + length, width: Self.inputSize)), SequenceLayout([length]),
        initial: initial.map { tape.constant(state($0)) })
      #expect(
        alone.value == rows(outputs, first..<first + length, width: layer.recurrence.outputSize),
        "sequence \(sequence)")
      #expect(
        aloneFinal.map(\.value) == final.map { state($0.value) }, "final states of sequence \(sequence)")
      first += length
    }
  }

  @Test(arguments: [[], [0], [0, 0, 0]] as [[Int]])
  func emptyBatchesPassTheirStatesThrough(_ lengths: [Int]) {
    let layer = Layer(LSTM(hiddenSize: 7))
    let layout = SequenceLayout(lengths)
    let tape = layer.tape()
    let x = tape.leaf(Tensor(zeros: [0, Self.inputSize]))
    let initial = layer.initial(layout).map { tape.leaf($0) }
    let (output, final) = layer.recurrence(x, layout, initial: initial)
    #expect(output.shape == [0, 7])
    #expect(final.map(\.value) == initial.map(\.value))

    let weights = layer.initial(layout)
    let gradients = tape.backward(
      from: zip(final, weights).map { sum($0 * tape.constant($1)) }.reduce(sum(output)) { $0 + $1 })
    #expect(initial.map { gradients[$0] } == weights)
    #expect(gradients.values.values.allSatisfy { $0 == 0 })
  }

  @Test func statesBeginAtZero() {
    let layer = Layer(GRU(hiddenSize: 7))
    let layout = SequenceLayout([3, 5])
    let tape = layer.tape()
    let x = tape.constant(layer.input(layout))
    let zeros = [tape.constant(Tensor(zeros: [2, 7]))]
    let (implicit, explicit) = (
      layer.recurrence(x, layout), layer.recurrence(x, layout, initial: zeros)
    )
    #expect(implicit.output.value == explicit.output.value)
    #expect(implicit.final.map(\.value) == explicit.final.map(\.value))
  }

  // MARK: Gradients

  /// What nobody used counts as a gradient of zero.
  @Test(arguments: cells.indices)
  func resultsThatNobodyUsesHaveNoGradient(_ index: Int) {
    let layer = Layer(Self.cells[index])
    let layout = SequenceLayout([4, 2, 0, 6])
    func gradients(_ select: ([Variable]) -> [Variable]) -> Gradients {
      let tape = layer.tape()
      let (output, final) = layer.recurrence(tape.leaf(layer.input(layout)), layout)
      return tape.backward(from: loss(select([output] + final)))
    }
    func timesZero(_ kept: Int) -> ([Variable]) -> [Variable] {
      { values in
        values.enumerated().map { position, value in
          position == kept ? value : value * value.tape.constant(Tensor(repeating: 0, value.shape))
        }
      }
    }
    // The loss of one value draws the same weights whether or not others follow.
    #expect(gradients { [$0[0]] }.values == gradients(timesZero(0)).values)
    #expect(gradients { [$0[0]] }.values.values.contains { $0 != 0 })
  }

  @Test func aFinalStateAloneHasGradients() {
    let layer = Layer(LSTM(hiddenSize: 7))
    let layout = SequenceLayout([4, 2, 0, 6])
    let tape = layer.tape()
    let x = tape.leaf(layer.input(layout))
    let initial = layer.initial(layout).map { tape.leaf($0) }
    let (_, final) = layer.recurrence(x, layout, initial: initial)
    let gradients = tape.backward(from: sum(final[1]))
    // It depends on every row and every initial state.
    #expect(gradients[x]!.values.allSatisfy { $0 != 0 })
    // The empty sequence hands its cell state through, and its hidden state nowhere.
    #expect(Array(gradients[initial[1]]!.values[14..<21]) == Array(repeating: 1, count: 7))
    #expect(Array(gradients[initial[0]]!.values[14..<21]) == Array(repeating: 0, count: 7))
  }

  @Test(arguments: cells.indices)
  func anInputWithoutGradientChangesNoOther(_ index: Int) {
    let layer = Layer(Self.cells[index])
    let layout = SequenceLayout([4, 2, 0, 6])
    func gradients(_ makeInput: (Tape) -> Variable) -> (Gradients, input: Tensor?) {
      let tape = layer.tape()
      let x = makeInput(tape)
      let (output, final) = layer.recurrence(x, layout)
      let gradients = tape.backward(from: loss([output] + final))
      return (gradients, gradients[x])
    }
    let (wanted, unwanted) = (
      gradients { $0.leaf(layer.input(layout)) }, gradients { $0.constant(layer.input(layout)) }
    )
    #expect(wanted.0.values == unwanted.0.values)
    #expect(wanted.input != nil && unwanted.input == nil)
  }

  @Test func aFrozenParameterHasNoGradientAndChangesNoOther() {
    var layer = Layer(LSTM(hiddenSize: 7))
    let layout = SequenceLayout([4, 2, 0, 6])
    func gradients(_ layer: Layer) -> Gradients {
      let tape = layer.tape()
      let (output, final) = layer.recurrence(tape.constant(layer.input(layout)), layout)
      return tape.backward(from: loss([output] + final))
    }
    let all = gradients(layer)
    layer.store.setFrozen(true) { $0.name == "rnn.weight_hh_l0" }
    let some = gradients(layer)
    for parameter in layer.recurrence.parameters {
      if layer.store.info(parameter).isFrozen {
        #expect(some[parameter].values.allSatisfy { $0 == 0 })
        #expect(all[parameter].values.allSatisfy { $0 != 0 })
      } else {
        #expect(some[parameter] == all[parameter])
      }
    }
  }

  /// One layer twice on one tape, the second time on what the first gave: its gradients are the sums of both.
  @Test func gradientsOfTwoUsesAddUp() {
    let builder = Builder(seed: 8)
    let layer = Recurrence(builder, GRU(hiddenSize: 7), inputSize: 7)
    let store = builder.finish()
    let layout = SequenceLayout([4, 2, 0, 6])
    var random = RandomNumbers(seed: 9)
    let x = Tensor([layout.rowCount, 7], random.next(layout.rowCount * 7))

    let tape = Tape(store, training: true)
    let middle = layer(tape.constant(x), layout).output
    let both = tape.backward(from: loss([layer(middle, layout).output]))

    // The same in two passes: the second layer's input as a leaf, then its gradient handed to the first.
    let second = Tape(store, training: true)
    let leaf = second.leaf(middle.value)
    let above = second.backward(from: loss([layer(leaf, layout).output]))
    let first = Tape(store, training: true)
    let below = first.backward(
      from: sum(layer(first.constant(x), layout).output * first.constant(above[leaf]!)))
    // The tape adds the second's sums to the first's where they stand: another order of roundings.
    let sums = zip(above.values.values, below.values.values).map { Double($0) + Double($1) }
    #expect(relativeError(both.values.values, sums) < 1e-6)
  }

  // MARK: Long sequences

  /// Without a backward pass a long run goes through windows; the bits do not show it.
  @Test(arguments: cells.indices, [false, true])
  func windowsGiveTheBitsOfTheWhole(_ index: Int, reverse: Bool) {
    let layer = Layer(Self.cells[index], reverse: reverse)
    // 5,500 rows: three windows of whole steps, with sequences that end within each.
    let layout = SequenceLayout([1500, 700, 1500, 0, 1100, 40, 660])
    func run(records: Bool) -> [Tensor] {
      let tape = Tape(layer.store, training: false, records: records)
      let initial = layer.initial(layout).map { tape.constant($0) }
      let (output, final) = layer.recurrence(tape.constant(layer.input(layout)), layout, initial: initial)
      return ([output] + final).map(\.value)
    }
    #expect(run(records: false) == run(records: true))
  }

  /// Truncated backpropagation: chunks that hand on their states give the outputs of the whole.
  @Test(arguments: cells.indices)
  func chunksOnTapesGiveTheBitsOfTheWhole(_ index: Int) {
    let layer = Layer(Self.cells[index])
    let layout = SequenceLayout([9, 3, 14, 0])
    let x = layer.input(layout)
    let whole = layer.tape()
    let (output, final) = layer.recurrence(
      whole.constant(x), layout, initial: layer.initial(layout).map { whole.constant($0) })
    var states = layer.initial(layout)
    var rows: [Float] = []
    for start in stride(from: 0, to: layout.stepCount, by: 4) {
      let chunk = layout.chunk(start..<min(start + 4, layout.stepCount))
      let first = layout.stepOffsets[start]
      let tape = layer.tape()
      let (output, final) = layer.recurrence(
        tape.constant(x.view(from: first * Self.inputSize, [chunk.rowCount, Self.inputSize])), chunk,
        initial: states.map { tape.constant($0) })
      rows += output.value.values
      states = final.map { $0.detached().value }
    }
    #expect(rows == output.value.values)
    #expect(states == final.map(\.value))
  }

  /// A hundred thousand steps are one node on the tape, and memory grows with the steps alone.
  @Test func memoryIsLinearInTheSteps() async {
    await #expect(processExitsWith: .success) {
      func bytes(_ steps: Int) -> Int {
        let before = StoragePool.usage.inUse
        let builder = Builder(seed: 1)
        let rnn = Recurrence(builder, LSTM(hiddenSize: 16), inputSize: 4)
        let tape = Tape(builder.finish(), training: true)
        let layout = SequenceLayout([steps])
        var random = RandomNumbers(seed: 2)
        let x = tape.constant(Tensor([steps, 4], random.next(steps * 4)))
        let (output, _) = rnn(x, layout)
        let used = StoragePool.usage.inUse - before
        let gradients = tape.backward(from: mean(output * output))
        #expect(gradients.values.values.allSatisfy { $0.isFinite })
        #expect(gradients[rnn.parameters[0]].values.contains { $0 != 0 })
        return used
      }
      let (short, long) = (bytes(10_000), bytes(100_000))
      // The pool rounds blocks up by at most a quarter.
      #expect(Double(long) < 12.5 * Double(short))
      #expect(Double(long) > 8 * Double(short))
    }
  }

  // MARK: Misuse

  @Test func wrongShapesTrap() async throws {
    let input = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let layer = Layer(LSTM(hiddenSize: 7))
      let tape = layer.tape()
      _ = layer.recurrence(tape.constant(Tensor(zeros: [5, 4])), SequenceLayout([2, 3]))
    }
    #expect(try #require(input).says("Recurrence: input of shape [5, 4], expected [5, 3]"))
    let states = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let layer = Layer(LSTM(hiddenSize: 7))
      let tape = layer.tape()
      _ = layer.recurrence(
        tape.constant(Tensor(zeros: [5, 3])), SequenceLayout([2, 3]),
        initial: [tape.constant(Tensor(zeros: [2, 7])), tape.constant(Tensor(zeros: [2, 6]))])
    }
    #expect(
      try #require(states).says(
        "Recurrence: initial states of shapes [[2, 7], [2, 6]], expected [[2, 7], [2, 7]]"))
  }

  @Test func masksAreOnesWhereNothingIsTrained() {
    let masked = RecurrencePlans(MasksAsRows(hiddenSize: 4), inputSize: 3)
    let plain = RecurrencePlans(MasksAsRows(hiddenSize: 4, hasMasks: false), inputSize: 3)
    let masks = Set(masked.step.masks.map(\.name))
    let layout = SequenceLayout([3, 0, 5])
    let walk = Walk(layout, isUpwards: true)
    var values = masked.evaluating.randomValues(layout).map(Double.init)
    let found = ReferenceExecutor.run(masked.evaluating, walk, values)
    let known = Dictionary(
      uniqueKeysWithValues: zip(masked.evaluating.step.parameters.map(\.name), values.parameters))
    values.parameters = plain.step.parameters.map { parameter in
      known[parameter.name] ?? Array(repeating: 1, count: parameter.shape.reduce(1, *))
    }
    #expect(masks == Set(plain.step.parameters.map(\.name)).subtracting(known.keys))
    let expected = ReferenceExecutor.run(plain, walk, values)
    for (found, expected) in zip(found.named(plain), expected.named(plain)) {
      #expect(relativeError(found.values, expected.values) < 1e-12, "\(found.name)")
    }
  }
}
