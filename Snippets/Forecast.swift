// A forecast of a person's own numbers: networks are trained for twenty seconds, then say what the next 24 hours may bring.
import Foundation
import Rondo

// Four weeks of hours with a day and a week in them, and a gap.
let start = Timestamp(year: 2024, month: 3, day: 4)!
var load = (0..<24 * 28).map { hour -> Double in
  let day = sin(Double(hour % 24) / 24 * 2 * Double.pi)
  let isWeekend = hour / 24 % 7 > 4
  return 100 + 20 * day - (isWeekend ? 15 : 0) + Double((hour * 37) % 11)
}
load[100] = .nan

var settings = ForecastSettings()
settings.forecast.horizon = 24
settings.training.budget = .seconds(Double(CommandLine.arguments.dropFirst().first ?? "20")!)
let series = [Series(name: "load", values: load, start: start)]
let forecaster = try Forecaster.trained(on: series, frequency: .seconds(3600), settings)
let forecast = try forecaster.forecast(series)[0]
for step in 0..<24 {
  let time = Frequency.seconds(3600).advance(start, by: load.count + step)
  let (low, median, high) = (
    forecast.quantile(0.1, step: step), forecast.quantile(0.5, step: step), forecast.quantile(0.9, step: step)
  )
  print(time, String(format: "%7.1f  (80 %%: %.1f to %.1f)", median, low, high))
}
