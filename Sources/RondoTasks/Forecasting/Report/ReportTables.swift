/// The tables of a report.
enum ReportTables {
  /// Scores, the best of each column emphasised, and what the columns mean.
  static func write(_ table: ScoreTable, _ markup: inout Markup) {
    let columns = table.columns.indices
    let texts = columns.map { table.texts($0) }
    let best = columns.map { table.bestRows($0) }
    markup.element("div", ["class": "scroll"]) { markup in
      markup.element("table", ["class": "scores"]) { markup in
        markup.element("thead") { markup in
          markup.element("tr") { markup in
            markup.element("th", ["scope": "col"], text: "forecast")
            for column in table.columns {
              markup.element("th", ["scope": "col"], text: column.name)
            }
          }
        }
        markup.element("tbody") { markup in
          for row in table.rows.indices {
            markup.element("tr", ["class": row == 0 ? "model" : "other"]) { markup in
              markup.element("th", ["scope": "row"], text: table.rows[row].name)
              for column in columns {
                cell(texts[column][row], isBest: best[column].contains(row), &markup)
              }
            }
          }
        }
      }
    }
    writeMeanings(table, hasBest: best.contains { !$0.isEmpty }, &markup)
  }

  private static func writeMeanings(_ table: ScoreTable, hasBest: Bool, _ markup: inout Markup) {
    let meanings = table.columns.filter { $0.meaning != nil }
    guard hasBest || !meanings.isEmpty else { return }
    markup.element("p", ["class": "meanings"]) { markup in
      for column in meanings {
        markup.element("b", text: column.name)
        markup.write(": \(column.meaning ?? ""). ")
      }
      if hasBest {
        let hasShares = table.columns.contains { $0.isShare }
        markup.write(
          "The best of each column is set in bold: the lowest"
            + (hasShares ? ", and of shares that which is nearest to what was promised." : "."))
      }
    }
  }

  /// Scores of series.
  static func write(_ scores: [ForecastReport.SeriesScore], caption: String, _ markup: inout Markup) {
    if scores.isEmpty { return }
    let rows = scores.map { ScoreTable.Row($0.name, [$0.smape, $0.mase]) }
    let table = ScoreTable(columns: [.init("sMAPE", best: nil), .init("MASE", best: nil)], rows: rows)
    let used = table.columns.indices.filter { column in rows.contains { $0.values[column] != nil } }
    let texts = used.map { table.texts($0) }
    markup.element("div", ["class": "scroll"]) { markup in
      markup.element("table") { markup in
        markup.element("caption", text: caption)
        markup.element("thead") { markup in
          markup.element("tr") { markup in
            markup.element("th", ["scope": "col"], text: "series")
            for column in used { markup.element("th", ["scope": "col"], text: table.columns[column].name) }
          }
        }
        markup.element("tbody") { markup in
          for row in rows.indices {
            markup.element("tr") { markup in
              markup.element("th", ["scope": "row"], text: rows[row].name)
              for column in texts { cell(column[row], isBest: false, &markup) }
            }
          }
        }
      }
    }
  }

  private static func cell(_ text: String?, isBest: Bool, _ markup: inout Markup) {
    markup.element("td") { markup in
      if isBest { markup.element("strong", text: text ?? "–") } else { markup.write(text ?? "–") }
    }
  }
}
