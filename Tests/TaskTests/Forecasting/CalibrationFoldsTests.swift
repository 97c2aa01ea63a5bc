import RondoTasks
import Testing

@Suite struct CalibrationFoldsTests {
  /// What a member has left out as a whole is not among what it is trained on, and all members together leave out most of a series once.
  @Test func eachMemberLeavesOutBlocksOfItsOwn() throws {
    let folds = try #require(CalibrationFolds([1200, 30], members: 4, horizon: 10))
    var blocks: [Int: Int] = [:]
    for member in 0..<4 {
      let places = folds.places(member: member, ends: [1200, 30])
      #expect(places.count >= 30 && places.allSatisfy { $0.series == 0 })
      for place in places {
        #expect(folds.leavesOut(place, member: member))
        #expect((0..<4).count { folds.leavesOut(place, member: $0) } == 1)
        #expect(place.origin > 0 && place.origin + 10 <= 1200)
        blocks[place.origin / 50, default: 0] += 1
      }
      #expect(places.first!.origin < 300 && places.last!.origin > 900)
    }
    #expect(blocks.count >= 20)
    // A window between two blocks is left out by both members.
    #expect((0..<4).count { folds.leavesOut(.init(series: 0, origin: 45), member: $0) } == 2)
    #expect(!folds.leavesOut(.init(series: 1, origin: 10), member: 0))
  }

  @Test func shortSeriesAndSingleMembersLeaveNothingOut() {
    #expect(CalibrationFolds([100, 200], members: 6, horizon: 24) == nil)
    #expect(CalibrationFolds([10_000], members: 1, horizon: 24) == nil)
  }
}
