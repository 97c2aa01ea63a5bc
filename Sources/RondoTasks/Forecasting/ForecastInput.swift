import RondoData
import RondoTraining

/// The steps of a series before its first value: earlier ones that have been left out.
package struct EarlierSteps: Sendable, Equatable {
  /// How many they are.
  var count = 0
  /// Whether a value of theirs was negative.
  var haveNegative = false
}

/// Series as networks read them: their values, and what is known beside them in numbers of about the size of one.
package struct ForecastInput: Sendable {
  /// One series.
  package struct Item: Sendable {
    /// The values; NaN where one is missing.
    package let values: [Double]
    /// The first step with a negative value; nil if there is none.
    let firstNegative: Int?
    /// Which series of those that were trained on it is, by its name; nil if it is none of them.
    let number: Int?
    /// What was before the first value.
    let earlier: EarlierSteps
    /// Steps of the series before the first value.
    var before: Int { earlier.count }
    /// The number of the first value's step, by the calendar if times are known: it says where in its season the series is.
    let phase: Int
    let start: Timestamp?
    let known: [[Float]]
    let past: [[Float]]
    let statics: [Float]
  }

  /// The series.
  package let items: [Item]
  /// How many numbers stand beside the values.
  let counts: CovariateCounts
  /// What the values of a series are like that has none; nil if that is not known.
  let typical: CovariateEncoding.Typical?
  private let cycles: [CalendarCycle]
  private let frequency: Frequency?

  /// Series without covariates.
  package init(_ series: [[Double]]) {
    items = series.map {
      Item(
        values: $0, firstNegative: $0.firstIndex { $0 < 0 }, number: nil, earlier: EarlierSteps(), phase: 0,
        start: nil, known: [], past: [], statics: [])
    }
    (counts, cycles, frequency, typical) = (CovariateCounts(), [], nil, nil)
  }

  /// - Throws: `OptionError` if a series has other covariates than those that the encoding was fitted to.
  package init(_ series: [Series], _ encoding: CovariateEncoding, earlier: [EarlierSteps]? = nil) throws {
    let numbers = Dictionary(
      encoding.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    items = try series.enumerated().map { index, series in
      let covariates = series.covariates
      guard covariates.known.count == encoding.known.count, covariates.past.count == encoding.past.count,
        covariates.statics.count == encoding.statics.count
      else {
        throw OptionError.conflict(
          "series \(quoted(series.name)) has \(covariates.known.count) known, \(covariates.past.count) past and "
            + "\(covariates.statics.count) static covariates, and the model was trained with \(encoding.known.count), "
            + "\(encoding.past.count) and \(encoding.statics.count)")
      }
      let calendar = series.start.flatMap { start in encoding.frequency?.stepNumber(of: start) }
      let earlier = earlier?[index] ?? EarlierSteps()
      return Item(
        values: series.values, firstNegative: series.values.firstIndex { $0 < 0 },
        number: numbers[series.name], earlier: earlier,
        phase: calendar ?? earlier.count, start: series.start,
        known: zip(covariates.known, encoding.known).map { $0.map($1.encoded) },
        past: zip(covariates.past, encoding.past).map { $0.map($1.encoded) },
        statics: try encoding.fixed(series))
    }
    (counts, cycles, frequency) = (encoding.counts, encoding.cycles, encoding.frequency)
    typical = encoding.typical
  }

  /// Steps after which what a series never was is what it is not.
  private static let manySteps = 100

  /// Whether nothing negative is to be expected of a series: none of its values before a window is, and there are many, or none of any series was.
  func isNeverNegative(before place: WindowBatch.Place) -> Bool {
    let item = items[place.series]
    if item.earlier.haveNegative { return false }
    if let first = item.firstNegative, first < place.origin { return false }
    if typical?.isNeverNegative ?? false { return true }
    return item.before + place.origin >= Self.manySteps && item.values[..<place.origin].contains { !$0.isNaN }
  }

  /// Appends what stands beside a segment as a whole: where in the cycles of the calendar its first step is (zeros if its time is not known),
  /// and what belongs to its series.
  func appendFixed(_ item: Item, step: Int, to features: inout [Float]) {
    if !cycles.isEmpty {
      let time = item.start.flatMap { start in frequency.map { $0.advance(start, by: step) } }
      for cycle in cycles {
        if let time {
          cycle.appendFeatures(time, to: &features)
        } else {
          features += [Float](repeating: 0, count: cycle.featureCount)
        }
      }
    }
    features += item.statics
  }
}
