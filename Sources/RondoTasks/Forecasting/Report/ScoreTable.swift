import RondoData

/// Scores of several forecasts side by side.
public struct ScoreTable: Sendable, Equatable {
  /// What is compared.
  public struct Column: Sendable, Equatable {
    /// Which value is the best one.
    public enum Best: Sendable, Equatable {
      /// The lowest.
      case lowest
      /// The one that comes nearest to another.
      case nearest(Double)
    }

    /// Its heading.
    public var name: String
    /// What it says, in one sentence for people who do not know it.
    public var meaning: String?
    /// Which value is the best one; nil if none is.
    public var best: Best?
    /// Whether its values are shares, shown in percent.
    public var isShare: Bool

    public init(_ name: String, meaning: String? = nil, best: Best? = .lowest, isShare: Bool = false) {
      (self.name, self.meaning, self.best, self.isShare) = (name, meaning, best, isShare)
    }
  }

  /// A forecast and its scores.
  public struct Row: Sendable, Equatable {
    /// What made the forecast.
    public var name: String
    /// A value for each column; nil where there is none.
    public var values: [Double?]

    public init(_ name: String, _ values: [Double?]) {
      (self.name, self.values) = (name, values)
    }
  }

  /// The columns.
  public var columns: [Column]
  /// The rows, the model's first.
  public var rows: [Row]

  public init(columns: [Column], rows: [Row]) {
    (self.columns, self.rows) = (columns, rows)
  }

  /// The scores of a comparison; columns without any value are left out.
  public init(_ comparison: ForecastComparison) {
    let measures: [(column: Column, value: (ForecastScore) -> Double?)] = [
      (Column("sMAPE", meaning: "the error in percent of the values"), { $0.smape }),
      (
        Column(
          "MASE", meaning: "the error as a multiple of how much values change from one season to the next"),
        { $0.mase }
      ),
      (
        Column("RMSE", meaning: "the root of the mean squared error of the means, in the unit of the values"),
        { $0.rmse }
      ),
      (
        Column("MAE", meaning: "the mean absolute error of the medians, in the unit of the values"),
        { $0.mae }
      ),
      (
        Column("OWA", meaning: "sMAPE and MASE as shares of Naive2's, their mean"),
        { comparison.owa(of: $0) }
      ),
      (Column("WQL", meaning: "how well the whole distribution is forecast"), { $0.wql }),
      (
        Column(
          "MSIS", meaning: "the width of the interval of 95 % and what it missed, in the unit of MASE"),
        { $0.msis }
      ),
      (
        Column(
          "in 80 %", meaning: "the share of values that lay in the interval of 80 %", best: .nearest(0.8),
          isShare: true), { $0.coverage80 }
      ),
      (
        Column(
          "in 95 %", meaning: "the share of values that lay in the interval of 95 %", best: .nearest(0.95),
          isShare: true), { $0.coverage95 }
      ),
      (
        Column(
          "width 80 %", meaning: "the mean width of the interval of 80 %, in the unit of the values",
          best: nil),
        { $0.width80 }
      ),
    ]
    let ranked = comparison.ranked
    let used = measures.filter { measure in
      (measure.column.name != "sMAPE" || !comparison.areReturns)
        && ranked.contains { measure.value($0.score) != nil }
    }
    columns = used.map(\.column)
    rows = ranked.map { name, score in Row(name, used.map { $0.value(score) }) }
  }

  /// The value of a cell; nil if it is missing.
  func value(_ row: Int, _ column: Int) -> Double? {
    let values = rows[row].values
    return values.indices.contains(column) ? values[column].flatMap { $0.isFinite ? $0 : nil } : nil
  }

  /// The rows that have the best value of a column: several if people see no difference between them, none if they see none at all.
  package func bestRows(_ column: Int) -> Set<Int> {
    guard let best = columns[column].best else { return [] }
    let texts = texts(column)
    let distances = rows.indices.map { row in
      value(row, column).map { value in
        switch best {
        case .lowest: value
        case .nearest(let target): abs(value - target)
        }
      }
    }
    guard let least = distances.compactMap({ $0 }).min(), let winner = distances.firstIndex(of: least) else {
      return []
    }
    let winners = Set(rows.indices.filter { texts[$0] == texts[winner] })
    return winners.count == distances.count { $0 != nil } ? [] : winners
  }

  /// The values of a column as people read them, with as many decimals as the least of them needs.
  package func texts(_ column: Int) -> [String?] {
    let values = rows.indices.map { value($0, column) }
    if columns[column].isShare { return values.map { $0.map { NumberText.percent($0, decimals: 1) } } }
    let sizes = values.compactMap { $0 }.map(abs).filter { $0 > 0 }
    guard let least = sizes.min(), let most = sizes.max(), least >= 1e-3, most < 1e7 else {
      return values.map { $0.map { NumberText.significant($0) } }
    }
    let decimals = max(0, 2 - NumberText.exponent(least))
    return values.map { $0.map { NumberText.grouped($0, decimals: min(decimals, 4)) } }
  }
}
