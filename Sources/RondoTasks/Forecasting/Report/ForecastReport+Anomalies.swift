import RondoData

extension ForecastReport {
  /// The report of values that were found unlikely: the series with most of them, and where they are.
  ///
  /// - Parameters:
  ///   - examined: How many values were looked at.
  ///   - threshold: The least score of what was found.
  ///   - last: How many of each series' latest values were looked at; all if nil.
  ///   - command: What was typed.
  public init(
    of anomalies: [Anomaly], examined: Int, threshold: Double, last: Int?, _ data: SeriesData,
    command: String
  ) {
    self.init(title: "\(counted(anomalies.count, "unlikely value")) of \(examined)")
    let bySeries = Dictionary(grouping: anomalies, by: \.series)
    summary = [
      "\(anomalies.count) of \(counted(examined, "value")) in \(bySeries.count) of \(data.series.count) series \(anomalies.count == 1 ? "is" : "are") further than "
        + "\(threshold) standard deviations from what was forecast of them one step before."
    ]
    notes = data.notes
    facts = [Fact("command", command, isCode: true)]
    let most = bySeries.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.prefix(12)
    panels = most.map { index, found in
      var panel = ForecastPanel(
        data.series[index], frequency: data.frequency, unit: data.prices == nil ? nil : "log return",
        shown: last.map { 2 * $0 })
      panel.anomalies = found.map(\.step)
      return panel
    }
  }
}
