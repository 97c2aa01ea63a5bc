import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// Every promise of the engine on every cell that reads a memory, bare and with every wrapper around it, in both directions.
@Suite struct AttentionConformanceTests {
  /// The gradients of scores add up to zero over the slots, so what acts on all of them alike has a gradient whose terms cancel, more or less
  /// as chance has it: with these values little.
  private static let seed: UInt64 = 7

  private static func cells(hiddenSize: Int, memorySize: Int, inputSize: Int) -> [CellConformance] {
    AllDecoders.entries.map {
      CellConformance(
        $0.name, $0.make(hiddenSize: hiddenSize, memorySize: memorySize), inputSize: inputSize, seed: seed)
    }
  }

  static let small = cells(hiddenSize: 5, memorySize: 4, inputSize: 3)
  /// Sizes that no vector width divides, beyond one panel of a packed weight.
  static let large = cells(hiddenSize: 37, memorySize: 53, inputSize: 23)

  static let wrapped: [CellConformance] = AllDecoders.entries.flatMap { entry in
    WrapperChoice.samples(inputSize: 3) { entry.make(hiddenSize: $0, memorySize: 7) }.map {
      CellConformance("\(entry.name) \($0.name)", $0.cell, inputSize: $0.inputSize, seed: seed)
    }
  }

  /// Double, against another order of the same operations.
  @Test(arguments: small + wrapped, [false, true])
  func referenceComputesTheEquations(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfReference(reverse: reverse) { #expect(error < 1e-12, "\(name)") }
  }

  /// The difference quotient itself has an error of about 1e-10.
  @Test(arguments: small + wrapped, [false, true])
  func gradientsAreDifferenceQuotients(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfGradients(reverse: reverse) { #expect(error < 1e-6, "\(name)") }
  }

  @Test(arguments: small + large + wrapped, [false, true])
  func vectorMatchesReference(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfVector(reverse: reverse) { #expect(error < 1e-5, "\(name)") }
  }

  @Test(arguments: small + large + wrapped, [false, true])
  func neitherHoistingNorChunksNorTheBatchChangeABit(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByHoisting(reverse: reverse) == [])
    #expect(cell.differencesByRecomputing(reverse: reverse) == [])
    for steps in [1, 2, 4] {
      #expect(cell.differencesByChunks(of: steps, reverse: reverse) == [], "\(steps)")
    }
    #expect(cell.differencesByBatch(reverse: reverse) == [])
    #expect(cell.differencesOnTape(reverse: reverse) == [])
  }

  @Test(arguments: small + wrapped, [false, true])
  func recordingChangesNoBit(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByRecording(reverse: reverse) == [])
  }

  @Test(arguments: small, [false, true])
  func recordingOfLongSequencesChangesNoBit(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByRecordingWindows(reverse: reverse) == [])
  }

  @Test(arguments: small + wrapped, [false, true])
  func weightsGetTheSameGradientsInAnyOrder(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsByOrder(reverse: reverse) { #expect(error < 1e-12, "\(name)") }
  }

  @Test(arguments: small + large + wrapped)
  func aSessionGivesTheBitsOfTheWhole(_ cell: CellConformance) {
    #expect(cell.differencesInSession() == [])
  }

  @Test(arguments: small + wrapped)
  func decodersPrintAndReadBack(_ cell: CellConformance) throws {
    let step = trace(cell.cell, inputSize: cell.inputSize)
    let text = try #require(CellPrinter.text(name: "decoder", step))
    #expect(CellPrinter.isEqual(trace(try CellText(text), inputSize: cell.inputSize), step))
  }

  /// A hook around a decoder finds the products of the cell inside, whatever hooks that has itself.
  @Test func recurrentProductsAreFoundThroughWrappers() {
    let cell = GRU(hiddenSize: 5).normalized().attending(to: "source", memorySize: 4, attentionSize: 6)
    let names = trace(cell.dropConnect(0.4), inputSize: 3).masks.map(\.name)
    // The keys alone depend on no state; the input of the cell has the context in it.
    #expect(
      names == ["attention_query", "attention_score", "ih", "hh"].map { "drop_connect_" + $0 })
  }

  /// What only depends on the memory is computed once, and of what each slot of each step has the weights alone are kept.
  @Test(arguments: AllDecoders.entries.map(\.name))
  func keysAreComputedOnceAndEnergiesNotKept(_ name: String) throws {
    let entry = try #require(AllDecoders.entry(named: name))
    let plans = RecurrencePlans(entry.make(hiddenSize: 5, memorySize: 4), inputSize: 3)
    let forward = plans.training
    let once = try #require(forward.phases.first { $0.kind == .sequences })
    #expect(once.works.contains { if case .product = $0.action { true } else { false } })
    #expect(forward.phases.flatMap(\.works).filter { $0.domain == .memory(0) }.count == once.works.count)
    let kept = forward.memory.buffers.filter { $0.kind == .slotRows(0) }
    #expect(kept.map(\.width) == [1])
    #expect(plans.backward.memory.buffers.contains { $0.kind == .slotRows(0) } == false)
  }
}
