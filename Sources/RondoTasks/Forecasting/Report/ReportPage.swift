extension ForecastReport {
  /// The report as one file that any browser shows and prints: with its style and its pictures, without scripts, and with nothing from elsewhere.
  public var html: String {
    var markup = Markup()
    markup.write(raw: "<!DOCTYPE html>\n")
    markup.element("html", ["lang": "en"]) { markup in
      markup.element("head") { markup in
        markup.element("meta", ["charset": "utf-8"])
        markup.element("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        markup.element("title", text: title)
        markup.element("style") { $0.write(raw: ReportStyle.sheet) }
      }
      markup.breakLine()
      markup.element("body") { markup in
        markup.element("main") { writeContent(&$0) }
        markup.element("footer", text: "Written by Rondo \(RondoVersion.current)")
      }
    }
    markup.breakLine()
    return markup.text
  }

  private func writeContent(_ markup: inout Markup) {
    markup.element("header") { writeHead(&$0) }
    markup.breakLine()
    writePanels(&markup)
    writeScores(&markup)
    writeQuality(&markup)
    writeSeries(&markup)
    writeTraining(&markup)
  }

  private func writeHead(_ markup: inout Markup) {
    markup.element("h1", text: title)
    if let verdict = summary.first {
      markup.element("p", ["class": "verdict"], text: verdict)
    }
    for sentence in summary.dropFirst() { markup.element("p", ["class": "more"], text: sentence) }
    if !facts.isEmpty {
      markup.element("dl", ["class": "facts"]) { markup in
        for fact in facts {
          markup.element("div", ["class": fact.value.count > (fact.isCode ? 20 : 40) ? "long" : "short"]) {
            markup in
            markup.element("dt", text: fact.name)
            markup.element("dd") { markup in
              if fact.isCode {
                markup.element("code", text: fact.value)
              } else {
                markup.write(fact.value)
              }
            }
          }
        }
      }
    }
    if !notes.isEmpty {
      markup.element("aside", ["class": "notes", "aria-label": "Notes"]) { markup in
        markup.element("ul") { markup in
          for note in notes { markup.element("li", text: note) }
        }
      }
    }
  }

  // MARK: Series

  private func writePanels(_ markup: inout Markup) {
    // More pictures are less exact, so that the file stays small.
    let columnWidth = max(1, Double(panels.count) / 12)
    let charts = panels.map { ($0, PanelChart($0, columnWidth: columnWidth)) }.filter { $0.1 != nil }
    if charts.isEmpty { return }
    let tips = min(600, 4000 / charts.count)
    section("Forecasts", &markup) { markup in
      writeLegend(charts.map(\.0), &markup)
      for (index, (panel, chart)) in charts.enumerated() {
        markup.element("figure") { markup in
          markup.element("figcaption") { markup in
            markup.element("h3", text: panel.name)
            let remarks = remarks(panel, chart!)
            if !remarks.isEmpty { markup.element("span", ["class": "remark"], text: remarks) }
          }
          markup.element("div", ["class": "scroll"]) { markup in
            chart?.draw(&markup, id: "panel\(index + 1)", tips: tips)
          }
        }
      }
    }
  }

  private func remarks(_ panel: ForecastPanel, _ chart: PanelChart) -> String {
    var remarks: [String] = []
    let shown = panel.shownBacktests.count
    if shown < panel.backtests.count {
      remarks.append("\(shown) of \(panel.backtests.count) past forecasts shown")
    }
    if chart.isCut { remarks.append("the interval of 95 % goes beyond the picture") }
    return remarks.joined(separator: "; ")
  }

  /// What the parts of the series' pictures mean: once, for all of them.
  private func writeLegend(_ panels: [ForecastPanel], _ markup: inout Markup) {
    let hasForecast = panels.contains { $0.forecast != nil || !$0.shownBacktests.isEmpty }
    var entries = [("history", "M1,7H27", "value")]
    if hasForecast {
      entries += [
        ("median", "M1,7H27", "forecast (median)"), ("band", "M1,1H27V13H1Z", "80 % of outcomes"),
        ("band wide", "M1,1H27V13H1Z", "95 % of outcomes"),
      ]
    }
    if panels.contains(where: { !$0.shownBacktests.isEmpty }) {
      entries.append(("origin", "M14,0V14", "a past forecast begins"))
    }
    if panels.contains(where: { !$0.anomalies.isEmpty }) { entries.append(("anomaly", "", "stands out")) }
    markup.element("ul", ["class": "legend", "aria-label": "Legend"]) { markup in
      for (style, path, name) in entries {
        markup.element("li") { markup in
          markup.element("svg", ["viewBox": "0 0 28 14", "aria-hidden": "true", "class": "key"]) { markup in
            if style == "anomaly" {
              markup.element("circle", ["class": style, "cx": "14", "cy": "7", "r": "5"])
            } else {
              // The interval of 80 % lies on that of 95 %.
              if style == "band" { markup.element("path", ["class": "band wide", "d": path]) }
              markup.element("path", ["class": style, "d": path])
            }
          }
          markup.write(name)
        }
      }
    }
  }

  // MARK: Quality

  private func writeScores(_ markup: inout Markup) {
    guard let scores, !scores.rows.isEmpty, !scores.columns.isEmpty else { return }
    section("How good the forecasts are", &markup) { ReportTables.write(scores, &$0) }
  }

  private func writeQuality(_ markup: inout Markup) {
    let errors = LineChart(errorByStep, xName: "steps ahead", yName: errorName)
    let reliability = ReliabilityChart(calibration)
    guard errors != nil || reliability != nil else { return }
    section("How far ahead, and how sure", &markup) { markup in
      markup.element("div", ["class": "pair"]) { markup in
        if let errors {
          figure(
            "Error by step", "How the error grows with the distance; lower is better.",
            &markup
          ) { errors.draw(&$0, id: "errors", title: "Error by step") }
        }
        if let reliability {
          figure(
            "Calibration", "On the dashed line, what was promised is what happened.", &markup
          ) { reliability.draw(&$0, id: "calibration", title: "Calibration") }
        }
      }
    }
  }

  private func writeSeries(_ markup: inout Markup) {
    guard !worst.isEmpty || !best.isEmpty else { return }
    section("Series by series", &markup) { markup in
      markup.element("div", ["class": "pair"]) { markup in
        ReportTables.write(worst, caption: "Worst", &markup)
        ReportTables.write(best, caption: "Best", &markup)
      }
    }
  }

  private func writeTraining(_ markup: inout Markup) {
    guard let curves = LineChart(training, xName: "training steps", yName: lossName, areAlike: true) else {
      return
    }
    section("Training", &markup) { markup in
      markup.element("div", ["class": "pair"]) { markup in
        figure("Loss", training.count > 1 ? "A line for each of the \(training.count) members." : "", &markup)
        {
          curves.draw(&$0, id: "training", title: "Training")
        }
      }
    }
  }

  // MARK: Parts

  private func section(_ heading: String, _ markup: inout Markup, _ content: (inout Markup) -> Void) {
    markup.element("section") { markup in
      markup.element("h2", text: heading)
      content(&markup)
    }
    markup.breakLine()
  }

  private func figure(
    _ heading: String, _ explanation: String, _ markup: inout Markup, _ content: (inout Markup) -> Void
  ) {
    markup.element("figure") { markup in
      markup.element("figcaption") { markup in
        markup.element("h3", text: heading)
        if !explanation.isEmpty { markup.element("span", ["class": "remark"], text: explanation) }
      }
      content(&markup)
    }
  }
}
