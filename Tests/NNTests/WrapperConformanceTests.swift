import RondoCore
import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

/// Every promise of the engine on every wrapper around every built-in cell, in both directions.
@Suite struct WrapperConformanceTests {
  static let cells: [CellConformance] = AllCells.entries.flatMap { entry in
    WrapperChoice.samples(inputSize: 3) { entry.make(hiddenSize: entry.hiddenSize(from: $0)) }.map {
      CellConformance("\(entry.name) \($0.name)", $0.cell, inputSize: $0.inputSize)
    }
  }

  @Test(arguments: cells, [false, true])
  func referenceComputesTheEquations(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfReference(reverse: reverse) { #expect(error < 1e-12, "\(name)") }
  }

  @Test(arguments: cells, [false, true])
  func gradientsAreDifferenceQuotients(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfGradients(reverse: reverse) { #expect(error < 1e-6, "\(name)") }
  }

  @Test(arguments: cells, [false, true])
  func vectorMatchesReference(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsOfVector(reverse: reverse) { #expect(error < 1e-5, "\(name)") }
  }

  @Test(arguments: cells, [false, true])
  func neitherHoistingNorChunksNorTheBatchChangeABit(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByHoisting(reverse: reverse) == [])
    #expect(cell.differencesByChunks(of: 2, reverse: reverse) == [])
    #expect(cell.differencesByBatch(reverse: reverse) == [])
    #expect(cell.differencesOnTape(reverse: reverse) == [])
  }

  @Test(arguments: cells, [false, true])
  func recordingChangesNoBit(_ cell: CellConformance, reverse: Bool) {
    #expect(cell.differencesByRecording(reverse: reverse) == [])
  }

  @Test(arguments: cells, [false, true])
  func weightsGetTheSameGradientsInAnyOrder(_ cell: CellConformance, reverse: Bool) {
    for (name, error) in cell.errorsByOrder(reverse: reverse) { #expect(error < 1e-12, "\(name)") }
  }

  @Test(arguments: cells)
  func aSessionGivesTheBitsOfTheWhole(_ cell: CellConformance) {
    #expect(cell.differencesInSession() == [])
  }

  @Test func dropConnectOfACellWithoutRecurrentProductsIsThatCell() {
    let (bare, dropped) = (MinGRU(hiddenSize: 5), MinGRU(hiddenSize: 5).dropConnect(0.5))
    #expect(CellPrinter.isEqual(trace(dropped, inputSize: 3), trace(bare, inputSize: 3)))
  }

  /// A clock that is kept by chance would tick in fractions.
  @Test func zoneoutLeavesCountersAlone() {
    func states(_ cell: some Cell) -> [String] { trace(cell, inputSize: 3).masks.map(\.name) }
    #expect(states(ClockworkRNN(hiddenSize: 4).zoneout(0.5)) == ["zoneout_h"])
    #expect(states(LSTM(hiddenSize: 4).zoneout(0.5)) == ["zoneout_h", "zoneout_c"])
    // The input of the step before is no counter.
    #expect(
      states(QRNN(hiddenSize: 4).zoneout(0.5)).count == QRNN(hiddenSize: 4).states(inputSize: 3).shapes.count)
  }

  /// Of one number nothing is left when its mean is taken away.
  @Test func productsOfOneColumnAreNotNormalised() {
    let (bare, normalised) = (Elman(hiddenSize: 1), Elman(hiddenSize: 1).normalized())
    #expect(CellPrinter.isEqual(trace(normalised, inputSize: 3), trace(bare, inputSize: 3)))
  }

  @Test(arguments: cells)
  func wrappedCellsPrintAndReadBack(_ cell: CellConformance) throws {
    let step = trace(cell.cell, inputSize: cell.inputSize)
    let text = try #require(CellPrinter.text(name: "wrapped", step))
    #expect(CellPrinter.isEqual(trace(try CellText(text), inputSize: cell.inputSize), step))
  }
}
