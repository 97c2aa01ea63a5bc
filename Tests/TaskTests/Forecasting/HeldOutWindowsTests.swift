import RondoTasks
import Testing

@Suite struct HeldOutWindowsTests {
  private func windows(_ counts: [Int], share: Double = 0.1) -> HeldOutWindows {
    HeldOutWindows(
      counts.map { (0..<$0).map(Double.init) }, horizon: 10, share: share)
  }

  /// Of many series the last horizon each.
  @Test func manySeriesHoldOutTheirLastHorizon() {
    let all = windows(Array(repeating: 1000, count: 300))
    #expect(all.ends == Array(repeating: 990, count: 300))
    #expect(all.places.map(\.origin) == all.ends && all.places.map(\.series) == Array(0..<300))
  }

  /// Of one series a share, in windows that reach from its beginning to its end.
  @Test func oneSeriesHoldsOutAShare() throws {
    let one = windows([1000])
    #expect(one.ends == [900] && one.places.count == 91)
    #expect(one.places.first?.origin == 900 && one.places.last?.origin == 990)
    let long = windows([100_000])
    #expect(long.ends == [97_440] && long.places.count == 256 && long.places.last?.origin == 99_990)
    #expect(zip(long.places, long.places.dropFirst()).allSatisfy { $0.origin < $1.origin })
  }

  /// What is too short is trained on whole, and nothing is held out if that is asked for.
  @Test func shortSeriesHoldOutNothing() {
    let mixed = windows([19, 20, 0])
    #expect(mixed.ends == [19, 10, 0] && mixed.places.map(\.series) == [1])
    let none = windows([1000], share: 0)
    #expect(none.ends == [1000] && none.places.isEmpty)
  }
}
