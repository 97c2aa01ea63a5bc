import RondoRecurrence
import RondoTestSupport
import Testing

/// Every promise of the engine on every cell of `StressCells`, in both directions.
@Suite struct ConformanceTests {
  /// Double, against another order of the same operations.
  @Test(arguments: StressCells.all, [false, true])
  func referenceComputesTheEquations(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfReference(reverse: reverse) { #expect(error < 1e-12, "\(name)") }
  }

  /// The difference quotient itself has an error of about 1e-10.
  @Test(arguments: StressCells.all, [false, true])
  func gradientsAreDifferenceQuotients(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfGradients(reverse: reverse) { #expect(error < 1e-6, "\(name)") }
  }

  @Test(arguments: StressCells.all, [false, true])
  func vectorMatchesReference(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfVector(reverse: reverse) { #expect(error < 1e-5, "\(name)") }
  }

  /// Rows wider than a block of the interpreter are read where they are stored, and in parts.
  @Test(arguments: [130, 300], [false, true])
  func vectorMatchesReferenceWhereRowsAreWide(hiddenSize: Int, reverse: Bool) {
    let cell = CellConformance("layer-norm LSTM", LayerNormLSTM(hiddenSize: hiddenSize))
    for (name, error) in cell.errorsOfVector(reverse: reverse) { #expect(error < 1e-5, "\(name)") }
  }

  @Test(arguments: StressCells.all, [false, true])
  func hoistingChangesNoBit(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByHoisting(reverse: reverse) == [])
  }

  @Test(arguments: StressCells.all, [false, true])
  func chunksAndStepsAreTheWhole(_ cell: CellConformance, reverse: Bool) {
    for steps in [1, 2, 4] {
      #expect(cell.differencesByChunks(of: steps, reverse: reverse) == [], "\(steps)")
    }
  }

  @Test(arguments: StressCells.all, [false, true])
  func aSequenceAloneIsTheSameAsInABatch(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByBatch(reverse: reverse) == [])
  }

  @Test(arguments: StressCells.all, [false, true])
  func theTapeRunsTheSamePasses(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesOnTape(reverse: reverse) == [])
  }

  @Test(arguments: StressCells.all, [false, true])
  func recordingChangesNoBit(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByRecording(reverse: reverse) == [])
    #expect(cell.differencesByRecordingWindows(reverse: reverse) == [])
  }

  /// Double: what is left is that sums run in another order.
  @Test(arguments: StressCells.all, [false, true])
  func weightsGetTheSameGradientsInAnyOrder(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsByOrder(reverse: reverse) { #expect(error < 1e-12, "\(name)") }
  }

  @Test(arguments: StressCells.all)
  func aSessionGivesTheBitsOfTheWhole(_ cell: CellConformance) {
    #expect(cell.differencesInSession() == [])
  }

  /// The same of random equations. Sums that nearly cancel make some tensors small beside their terms, hence the wider bars.
  @Test(arguments: 1000..<1064)
  func randomCellsKeepEveryPromise(_ seed: Int) {
    let cell = CellConformance("random", RandomCell(seed: UInt64(seed)))
    for reverse in [false, true] {
      for (name, error) in cell.errorsOfReference(reverse: reverse) { #expect(error < 1e-10, "\(name)") }
      for (name, error) in cell.errorsOfGradients(reverse: reverse) { #expect(error < 1e-5, "\(name)") }
      for (name, error) in cell.errorsOfVector(reverse: reverse) { #expect(error < 1e-4, "\(name)") }
      #expect(cell.differencesByHoisting(reverse: reverse) == [])
      #expect(cell.differencesByChunks(of: 2, reverse: reverse) == [])
      #expect(cell.differencesByBatch(reverse: reverse) == [])
      #expect(cell.differencesOnTape(reverse: reverse) == [])
    }
    #expect(cell.differencesInSession() == [])
  }

  /// Widths beyond one vector and one panel, in multiples that no vector width divides.
  @Test(arguments: 1000..<1024)
  func wideRandomCellsKeepTheirBits(_ seed: Int) {
    let cell = CellConformance("random", RandomCell(seed: UInt64(seed), unit: 17), inputSize: 51)
    for reverse in [false, true] {
      #expect(cell.differencesByHoisting(reverse: reverse) == [])
      #expect(cell.differencesByRecomputing(reverse: reverse) == [])
      #expect(cell.differencesByChunks(of: 2, reverse: reverse) == [])
      #expect(cell.differencesByBatch(reverse: reverse) == [])
      #expect(cell.differencesOnTape(reverse: reverse) == [])
    }
    #expect(cell.differencesInSession() == [])
  }
}
