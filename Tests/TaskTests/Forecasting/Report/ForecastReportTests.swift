import RondoData
import RondoTasks
import Testing

@Suite struct ForecastReportTests {
  @Test func allPartsAreThereAndWellFormed() {
    let page = ReportSamples.full().html
    let check = MarkupCheck(page)
    #expect(check.problem == nil)
    // Two series, errors, calibration, training; and the keys of the legend.
    #expect(check.values("svg", "role").count == 5)
    #expect(check.names.count { $0 == "table" } == 3)
    for text in [
      "Load", "Better than all.", "load.csv", "A value is missing.", "ramp", "bare", "3.21", "member 1",
      "good",
    ] {
      #expect(check.texts.contains(text), "\(text)")
    }
    #expect(check.texts.contains("79.0\u{202F}%"))
    let ids = check.attributes.filter { $0.name == "id" }.map(\.value)
    #expect(Set(ids).count == ids.count)
    // What pictures are labelled by exists, and says something.
    for label in check.values("svg", "aria-labelledby").flatMap({ $0.split(separator: " ") }) {
      #expect(ids.contains(String(label)))
    }
    #expect(check.names.count { $0 == "desc" } == 5)
  }

  @Test func nothingComesFromElsewhereAndNothingRuns() {
    let page = ReportSamples.full().html
    for word in [
      "http", "//", "url(", "@import", "<script", "src=", "href", "onload", "NaN", "nan", "inf,", "∞",
    ] {
      #expect(!page.contains(word), "\(word)")
    }
  }

  @Test func hostileTextsAreOnlyTexts() {
    let evil = "</title><script>alert('x')</script>\" onload=\"a&b\u{0}\u{1B}[31m\u{202E}"
    var report = ReportSamples.full()
    report.title = evil
    report.summary = [evil, evil]
    report.notes = [evil]
    report.facts = [.init(evil, evil, isCode: true), .init(evil, evil)]
    report.panels[0].name = evil
    report.panels[0].unit = evil
    report.scores?.columns[0].name = evil
    report.scores?.columns[0].meaning = evil
    report.scores?.rows[0].name = evil
    for index in report.errorByStep.indices { report.errorByStep[index].name = evil }
    for index in report.calibration.indices { report.calibration[index].name = evil }
    report.errorName = evil
    report.training[0].name = evil
    report.worst[0].name = evil
    let page = report.html
    let check = MarkupCheck(page)
    #expect(check.problem == nil)
    #expect(!check.names.contains("script") && !check.attributes.contains { $0.name == "onload" })
    #expect(!page.unicodeScalars.contains { $0 == "\0" || $0 == "\u{1B}" || $0 == "\u{202E}" })
    #expect(check.names == MarkupCheck(ReportSamples.full().html).names)
  }

  @Test func emptyPartsAreLeftOut() {
    let check = MarkupCheck(ForecastReport(title: "Nothing").html)
    #expect(check.problem == nil)
    for name in ["svg", "table", "section", "dl", "aside", "figure", "p"] {
      #expect(!check.names.contains(name), "\(name)")
    }
    var report = ForecastReport(title: "Nothing to show")
    report.panels = [ForecastPanel(name: "empty", values: [])]
    report.errorByStep = [.init(name: "none", values: [.nan])]
    report.calibration = [.init(name: "none", points: [])]
    report.scores = ScoreTable(columns: [.init("MAE")], rows: [])
    #expect(!MarkupCheck(report.html).names.contains("section"))
  }

  @Test func theBestOfEachColumnIsEmphasised() throws {
    let page = ReportSamples.full().html
    // Not 99 % of values in an interval of 80 %, but 79 %.
    #expect(page.contains("<strong>3.21</strong>") && page.contains("<strong>79.0\u{202F}%</strong>"))
    #expect(page.components("<strong>") == 2)
  }

  @Test func oddSeriesAreShown() {
    let forecast = ReportSamples.forecast([1])
    let odd: [[Double]] = [
      [], [1], [.nan], [.nan, .nan, 3, .nan], [5, 5, 5], [0, 0], [1e12, 1.5e12], [1e-9, 3e-9],
      [1e12, 1e12 + 1e-3], [-1e308, 1e308], [.infinity, 1, -.infinity], [.leastNonzeroMagnitude, 0],
      [-3, -1],
    ]
    for values in odd {
      for time in [nil, Timestamp(year: 2024, month: 12, day: 31)] {
        for frequency in [Frequency.seconds(1), .seconds(86_400), .weekdays, .months(1), .months(12)] {
          var panel = ForecastPanel(name: "odd", values: values, start: time, frequency: frequency)
          panel.forecast = .init(origin: values.count, forecast: forecast)
          var report = ForecastReport(title: "Odd")
          report.panels = [panel]
          report.errorByStep = [.init(name: "one", values: values)]
          report.training = (0..<40).map { .init(name: "\($0)", values: values) }
          let page = report.html
          let check = MarkupCheck(page)
          #expect(check.problem == nil, "\(values)")
          #expect(check.names.contains("svg") && !page.lowercased().contains("nan"), "\(values)")
          for d in check.values("path", "d") {
            #expect(!d.contains("inf") && !d.contains("e") && !d.isEmpty, "\(values): \(d)")
          }
          // Fourteen lines, and two below.
          #expect(TerminalPlot(height: 14).text(panel).split(separator: "\n").count >= 16, "\(values)")
        }
      }
    }
  }

  @Test func longSeriesMakeSmallFiles() {
    var report = ForecastReport(title: "Long")
    report.panels = (0..<12).map { number in
      // Noise, every fifth value missing, and a forecast for each day: the worst that can be.
      var state = UInt64(number + 1)
      let values = (0..<200_000).map { step -> Double in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return step % 5 == 0 ? .nan : Double(state >> 40)
      }
      var panel = ForecastPanel(
        name: "\(number)", values: values, start: Timestamp(year: 2000, month: 1, day: 1),
        frequency: .seconds(3600))
      panel.backtests = stride(from: 0, to: 199_000, by: 10).map { origin in
        .init(origin: origin, forecast: ReportSamples.forecast(Array(values[origin..<(origin + 24)])))
      }
      return panel
    }
    let size = report.html.utf8.count
    #expect(size < 2_000_000, "\(size)")
  }

  @Test func theLastValuesOnlyIfTheCallerWantsThat() throws {
    let series = Series(name: "ramp", values: (0..<1000).map { Double($0) })
    var report = ForecastReport(title: "Cut")
    report.panels = [
      ForecastPanel(series, frequency: nil, forecast: ReportSamples.forecast([1000]), shown: 100)
    ]
    let description = try #require(MarkupCheck(report.html).texts.first { $0.hasPrefix("From step") })
    #expect(description.hasPrefix("From step 901 to step 1001. Values from 900 to 999."))
  }
}

extension String {
  /// How often a text stands in this one.
  fileprivate func components(_ text: String) -> Int {
    ranges(of: text).count
  }
}
