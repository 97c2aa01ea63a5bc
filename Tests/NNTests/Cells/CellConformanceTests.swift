import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// Every promise of the engine on every form of every built-in cell, in both directions.
@Suite struct CellConformanceTests {
  /// The forms of all registered cells with this many units.
  private static func cells(hiddenSize: Int, inputSize: Int) -> [CellConformance] {
    AllCells.entries.flatMap { entry in
      entry.variants.map {
        CellConformance(
          "\(entry.name) \($0)",
          entry.make(hiddenSize: entry.hiddenSize(from: hiddenSize), variant: $0),
          inputSize: inputSize)
      }
    }
  }

  static let small = cells(hiddenSize: 5, inputSize: 3)
  /// Sizes that no vector width divides, beyond one panel of a packed weight.
  static let large = cells(hiddenSize: 37, inputSize: 23)

  /// Double, against another order of the same operations.
  @Test(arguments: small, [false, true])
  func referenceComputesTheEquations(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfReference(reverse: reverse) { #expect(error < 1e-12, "\(name)") }
  }

  /// The difference quotient itself has an error of about 1e-10.
  @Test(arguments: small, [false, true])
  func gradientsAreDifferenceQuotients(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfGradients(reverse: reverse) { #expect(error < 1e-6, "\(name)") }
  }

  @Test(arguments: small + large, [false, true])
  func vectorMatchesReference(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfVector(reverse: reverse) { #expect(error < 1e-5, "\(name)") }
  }

  @Test(arguments: small + large, [false, true])
  func hoistingChangesNoBit(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByHoisting(reverse: reverse) == [])
  }

  @Test(arguments: small + large, [false, true])
  func chunksAndStepsAreTheWhole(_ cell: CellConformance, reverse: Bool) {
    for steps in [1, 2, 4] {
      #expect(cell.differencesByChunks(of: steps, reverse: reverse) == [], "\(steps)")
    }
  }

  @Test(arguments: small + large, [false, true])
  func aSequenceAloneIsTheSameAsInABatch(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByBatch(reverse: reverse) == [])
  }

  @Test(arguments: small + large, [false, true])
  func theTapeRunsTheSamePasses(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesOnTape(reverse: reverse) == [])
  }

  @Test(arguments: small, [false, true])
  func recordingChangesNoBit(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByRecording(reverse: reverse) == [])
    #expect(cell.differencesByRecordingWindows(reverse: reverse) == [])
  }

  /// Double: what is left is that sums run in another order.
  @Test(arguments: small, [false, true])
  func weightsGetTheSameGradientsInAnyOrder(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsByOrder(reverse: reverse) { #expect(error < 1e-12, "\(name)") }
  }

  @Test(arguments: small + large)
  func aSessionGivesTheBitsOfTheWhole(_ cell: CellConformance) {
    #expect(cell.differencesInSession() == [])
  }
}
