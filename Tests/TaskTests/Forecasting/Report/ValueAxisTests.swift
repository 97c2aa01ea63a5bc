import RondoTasks
import Testing

@Suite struct ValueAxisTests {
  @Test func roundNumbers() {
    let axis = ValueAxis([0, 100])
    #expect(
      axis.ticks == [0, 20, 40, 60, 80, 100].filter { $0 <= axis.upper } || axis.ticks == [0, 50, 100])
    #expect(axis.lower == 0 && axis.upper == 105)
    #expect(ValueAxis([-3, 7]).labels == ["-2", "0", "2", "4", "6"])
    #expect(ValueAxis([0.12, 0.18], padding: 0).labels == ["0.12", "0.14", "0.16", "0.18"])
    #expect(ValueAxis([21_300, 58_900]).labels == ["20k", "30k", "40k", "50k", "60k"])
    #expect(ValueAxis([1500, 9000]).labels == ["0", "2000", "4000", "6000", "8000"])
  }

  @Test func hugeAndTinyNumbers() {
    #expect(ValueAxis([1e12, 3e12]).labels == ["1.0T", "1.5T", "2.0T", "2.5T", "3.0T"])
    #expect(ValueAxis([0, 4e-9]).labels == ["0", "1e-9", "2e-9", "3e-9", "4e-9"])
    #expect(ValueAxis([-2e18, 2e18]).labels == ["-2e18", "-1e18", "0", "1e18", "2e18"])
    #expect(
      ValueAxis([2.5e6, 2.6e6], padding: 0).labels == ["2.50M", "2.52M", "2.54M", "2.56M", "2.58M", "2.60M"])
  }

  /// Whatever comes, there are at least two ticks, ascending, between the bounds, with texts that differ.
  @Test func alwaysSomeTicks() {
    let sizes = [
      Double.leastNonzeroMagnitude, 1e-300, 1e-9, 1e-4, 0.1, 1, 3, 999, 1e4, 123_456, 1e9, 1e12, 1e15, 1e200,
      1.7e308,
    ]
    var cases: [[Double]] = [[], [.nan], [0], [0, 0], [.infinity]]
    for a in sizes {
      cases += [[a], [-a], [0, a], [-a, a], [a, a * 1.000_001], [a, a * 1.1], [a, 3 * a]]
    }
    for values in cases {
      for count in 3...8 {
        let axis = ValueAxis(values, count: count)
        #expect(axis.lower < axis.upper && axis.lower.isFinite && axis.upper.isFinite, "\(values)")
        #expect(1...(count * 3 / 2 + 1) ~= axis.ticks.count, "\(values) \(count): \(axis)")
        if count >= 4 { #expect(axis.ticks.count >= 2, "\(values) \(count): \(axis)") }
        #expect(axis.ticks == axis.ticks.sorted() && Set(axis.labels).count == axis.ticks.count, "\(axis)")
        #expect(axis.labels.allSatisfy { $0.count <= 14 }, "\(values): \(axis.labels)")
        for tick in axis.ticks { #expect(0...1 ~= axis.position(tick)) }
        for value in values where value.isFinite { #expect(0...1 ~= axis.position(value), "\(values)") }
      }
    }
  }

  @Test func aConstantLiesInTheMiddle() {
    for value in [0, 21.5, -3, 1e12, 1e-9] {
      #expect(abs(ValueAxis([value, value]).position(value) - 0.5) < 1e-9, "\(value)")
    }
  }

  @Test func zeroIsNotCrossed() {
    #expect(ValueAxis([0, 10]).lower == 0 && ValueAxis([-10, 0]).upper == 0)
    // Near zero it is shown; far from it the values have the room.
    #expect(ValueAxis([2, 10]).lower == 0 && ValueAxis([8, 10]).lower > 7)
  }

  @Test func numbersAsPeopleReadThem() {
    #expect(NumberText.significant(0) == "0" && NumberText.significant(-0.0) == "0")
    #expect(NumberText.significant(3.14159) == "3.142" && NumberText.significant(1234.5) == "1234")
    #expect(
      NumberText.significant(54_321) == "54\u{2009}321" && NumberText.significant(2_345_678) == "2.346M")
    #expect(NumberText.significant(1.5e-7) == "1.5e-7" && NumberText.significant(-2e20) == "-2e20")
    #expect(NumberText.significant(.nan) == "–")
    #expect(NumberText.fixed(-0.001, decimals: 1) == "0.0" && NumberText.fixed(-0.06, decimals: 1) == "-0.1")
    #expect(NumberText.percent(0.8093, decimals: 1) == "80.9\u{202F}%")
  }
}
