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

  /// Points at a distance, whose values come from their numbers.
  private func points(_ count: Int, apart: Double, from x: Double = 0, _ y: (Int) -> Double?) -> [(
    Double, Double
  )?] {
    (0..<count).map { index in y(index).map { (x + apart * Double(index), $0) } }
  }

  @Test func columnsKeepFirstLeastGreatestLast() {
    // 100 points in a column: up to 50, down to −49, then up to the last.
    let column = points(100, apart: 0.01) { index in
      let odd = [30: 50.0, 60: -49.0]
      return odd[index] ?? Double(index) / 10
    }
    let next = points(100, apart: 0.01, from: 1) { _ in 7 }
    #expect(line(column + next) == "M0,0 0.3,50 0.6,-49 1,9.9 1,7 2,7")
  }

  @Test func shortRunsInOneColumnAreOneStroke() {
    let data = line(points(1000, apart: 0.002) { $0 % 2 == 0 ? Double($0 % 7) : nil })
    #expect(data.split(separator: "M").count == 2, "\(data)")
    #expect(data.contains(",6 ") && data.contains(",0"), "\(data)")
  }

  @Test func noMoreThanFourPointsAColumn() {
    let points = points(100_000, apart: 0.001) { Double(($0 * 7919) % 1000) }
    func count(_ data: String) -> Int { data.split { $0 == " " || $0 == "M" }.count }
    #expect(300...404 ~= count(line(points)))
    #expect(30...44 ~= count(line(points, columnWidth: 10)))
  }

  @Test func bandsAreClosedAndAsWideAsTheirWidestStep() {
    var path = PlotPath()
    path.addBand([(0, 10, 5), (10, 12, 4)])
    #expect(path.data == "M0,5 10,4 10,12 0,10Z")
    var dense = PlotPath()
    var steps: [(x: Double, low: Double, high: Double)] = []
    for index in 0..<400 {
      steps.append((Double(index) / 100, index == 150 ? 90.0 : 10.0, index == 160 ? -90.0 : 5.0))
    }
    dense.addBand(steps)
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
