import RondoTasks
import Testing

@Suite struct PlotPathTests {
  private func line(_ points: [(Double, Double)?], columnWidth: Double = 1) -> String {
    var path = PlotPath(columnWidth: columnWidth)
    path.addLine(points.map { $0.map { PlotPath.Point(x: $0.0, y: $0.1) } })
    return path.data
  }

  @Test func gapsSplitLines() {
    #expect(line([(0, 1), (10, 2.25), nil, (30, -0.04), (40, 4)]) == "M0,1 10,2.3M30,0 40,4")
    #expect(line([nil, (0, 1), nil, nil, (20, 2), nil]) == "M0,1h0M20,2h0")
    #expect(line([]) == "" && line([nil]) == "" && line([(3, 4)]) == "M3,4h0")
  }

  @Test func columnsKeepFirstLeastGreatestLast() {
    // 100 points in a column: up to 50, down to −49, then up to the last.
    let column = (0..<100).map { index -> (Double, Double)? in
      (Double(index) / 100, index == 30 ? 50 : index == 60 ? -49 : Double(index) / 10)
    }
    let next = (0..<100).map { (1 + Double($0) / 100, 7.0) as (Double, Double)? }
    #expect(line(column + next) == "M0,0 0.3,50 0.6,-49 1,9.9 1,7 2,7")
  }

  @Test func shortRunsInOneColumnAreOneStroke() {
    let points = (0..<1000).map {
      $0 % 2 == 0 ? (Double($0) / 500, Double($0 % 7)) as (Double, Double)? : nil
    }
    let data = line(points)
    #expect(data.split(separator: "M").count == 2, "\(data)")
    #expect(data.contains(",6 ") || data.contains(",0 "))
  }

  @Test func noMoreThanFourPointsAColumn() {
    let points = (0..<100_000).map { (Double($0) / 1000, Double(($0 * 7919) % 1000)) as (Double, Double)? }
    #expect(line(points).split(whereSeparator: { $0 == " " || $0 == "M" }).count <= 4 * 101)
    #expect(line(points, columnWidth: 10).split(whereSeparator: { $0 == " " || $0 == "M" }).count <= 4 * 11)
  }

  @Test func bandsAreClosedAndAsWideAsTheirWidestStep() {
    var path = PlotPath()
    path.addBand([(0, 10, 5), (10, 12, 4)])
    #expect(path.data == "M0,5 10,4 10,12 0,10Z")
    var dense = PlotPath()
    dense.addBand((0..<400).map { (Double($0) / 100, $0 == 150 ? 90 : 10, $0 == 160 ? -90 : 5) })
    #expect(dense.data == "M0,5 1,-90 2,5 3,5 3,10 2,10 1,90 0,10Z")
  }

  @Test func namesMoveApartAsLittleAsNeeded() {
    #expect(LineChart.spread([10, 50, 90], apart: 15, within: 0...100) == [10, 50, 90])
    #expect(LineChart.spread([50, 50], apart: 10, within: 0...100) == [45, 55])
    #expect(LineChart.spread([2, 3, 4], apart: 10, within: 0...100) == [0, 10, 20])
    #expect(LineChart.spread([99, 100], apart: 10, within: 0...100) == [90, 100])
    let crowded = LineChart.spread([10, 12, 30, 31, 33, 34, 80], apart: 10, within: 0...100)
    #expect(zip(crowded, crowded.dropFirst()).allSatisfy { $1 - $0 >= 10 - 1e-9 }, "\(crowded)")
  }
}
