import RondoData

/// Forecasts as CSV: a row for each series and step.
public enum ForecastCSV {
  /// The quantiles that are written unless others are asked for.
  public static let quantiles = [0.025, 0.1, 0.9, 0.975]

  /// `series,time,mean,median,q0.1,…`: where a series has no times, the number of the step.
  public static func text(
    _ forecasts: [QuantileForecast], of data: SeriesData, quantiles: [Double] = quantiles
  ) -> String {
    text(forecasts, of: data.series, data.frequency, quantiles: quantiles)
  }

  /// - Parameter frequency: How far steps are apart; nil if times are not known.
  public static func text(
    _ forecasts: [QuantileForecast], of all: [Series], _ frequency: Frequency?,
    quantiles: [Double] = quantiles
  ) -> String {
    var text = "series,time,mean,median" + quantiles.map { ",q\($0)" }.joined() + "\n"
    for (series, forecast) in zip(all, forecasts) {
      let name = DelimitedText.field(series.name)
      for step in 0..<forecast.stepCount {
        let time = time(of: series, frequency, step: step)
        text += "\(name),\(time),\(forecast.mean(step: step)),\(forecast.quantile(0.5, step: step))"
        for quantile in quantiles { text += ",\(forecast.quantile(quantile, step: step))" }
        text += "\n"
      }
    }
    return text
  }

  /// When a step that is forecast is; its number if times are not known.
  public static func time(of series: Series, _ frequency: Frequency?, step: Int) -> String {
    series.timeText(ofStep: series.values.count + step, frequency) ?? "\(step + 1)"
  }
}
