import RondoCore
import Testing

struct SequenceLayoutTests {
  private let layout = SequenceLayout([2, 0, 4, 2])

  @Test func rowsAreTimeMajorAndLongestFirst() {
    #expect(layout.order == [2, 0, 3, 1])
    #expect(layout.stepOffsets == [0, 3, 6, 7, 8])
    #expect((layout.sequenceCount, layout.stepCount, layout.rowCount) == (4, 4, 8))
    #expect(layout.rows(ofStep: 1) == 3..<6)
    #expect(layout.row(place: 1, time: 1) == 4)
    #expect(layout.ids == [0, 1, 2, 3])
  }

  @Test func chunksKeepTheOrderAndTheTime() {
    let chunk = layout.chunk(1..<3)
    #expect(chunk.lengths == [1, 0, 2, 1])
    #expect(chunk.order == layout.order)
    #expect(chunk.stepOffsets == [0, 3, 4])
    #expect(chunk.startTimes == [1, 0, 1, 1])
    #expect(chunk.chunk(1..<2).startTimes == [2, 0, 2, 2])
    #expect(layout.chunk(4..<9).rowCount == 0)
  }

  @Test func nothingIsALayoutToo() {
    #expect(SequenceLayout([]).rowCount == 0)
    #expect(SequenceLayout([0, 0]).stepOffsets == [0])
    #expect(SequenceLayout(uniform: 3, count: 2) == SequenceLayout([3, 3]))
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) { _ = SequenceLayout([1, -1]) }
    await #expect(processExitsWith: .failure) { _ = SequenceLayout([1, 2], ids: [7]) }
    await #expect(processExitsWith: .failure) { _ = SequenceLayout([1, 2], order: [0, 0]) }
    await #expect(processExitsWith: .failure) { _ = SequenceLayout([1, 2], order: [0, 1]) }
  }
}
