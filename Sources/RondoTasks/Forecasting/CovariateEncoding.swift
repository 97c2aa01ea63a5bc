import Foundation
import RondoData
import RondoTraining

/// How what is known beside series becomes numbers that networks read: fitted to what was trained on, and kept with the model.
public struct CovariateEncoding: Sendable, Equatable, Codable {
  /// A column of numbers, read as (value − mean) / deviation.
  public struct Column: Sendable, Equatable, Codable {
    /// The mean of its values.
    public var mean: Double
    /// The standard deviation of its values; 1 for a column that does not change.
    public var deviation: Double

    init(_ values: some Sequence<Double>) {
      var (count, sum, squares) = (0.0, 0.0, 0.0)
      for value in values where value.isFinite {
        count += 1
        let change = value - sum
        sum += change / count
        squares += change * (value - sum)
      }
      mean = sum
      let spread = count > 0 ? (squares / count).squareRoot() : 0
      deviation = spread > 0 && spread.isFinite ? spread : 1
    }

    /// Zero, the mean, where a value is missing.
    func encoded(_ value: Double) -> Float { value.isFinite ? Float((value - mean) / deviation) : 0 }
  }

  /// What the values of series are like: medians over the series.
  public struct Typical: Sendable, Equatable, Codable {
    /// The mean size.
    public var level: Double
    /// The mean.
    public var mean: Double
    /// The standard deviation.
    public var deviation: Double
    /// Whether no value of any series is negative: then none is forecast.
    public var isNeverNegative: Bool
    /// Whether all values of all series are whole numbers.
    public var areWhole: Bool

    /// Whether values are counts that differ from what lies between them.
    var areSmallCounts: Bool { areWhole && isNeverNegative && level < 10 }

    /// Whether sizes of values say something: they differ by more than a tenth of what they are.
    public var haveSizes: Bool { deviation > 0.1 * level }

    init(_ series: [Series]) {
      var (levels, means, deviations) = ([Double](), [Double](), [Double]())
      for one in series {
        let values = one.values.filter { !$0.isNaN }
        guard !values.isEmpty else { continue }
        let column = Column(values)
        levels.append(values.reduce(0) { $0 + abs($1) } / Double(values.count))
        means.append(column.mean)
        deviations.append(column.deviation)
      }
      func median(_ values: [Double]) -> Double { values.isEmpty ? 0 : values.sorted()[values.count / 2] }
      (level, mean, deviation) = (median(levels), median(means), median(deviations))
      isNeverNegative = !series.contains { $0.values.contains { $0 < 0 } }
      areWhole = !series.contains { $0.values.contains { !$0.isNaN && $0 != $0.rounded() } }
    }
  }

  /// What belongs to a series as a whole: numbers, or names of categories.
  public enum Static: Sendable, Equatable, Codable {
    case number(Column)
    case category([String])

    var width: Int {
      switch self {
      case .number: 1
      case .category(let names): names.count
      }
    }
  }

  /// The covariates that are known ahead.
  public var known: [Column]
  /// The covariates that are known as far as the series.
  public var past: [Column]
  /// What belongs to series as a whole.
  public var statics: [Static]
  /// The cycles of the calendar that are read.
  public var cycles: [CalendarCycle]
  /// How far steps are apart; nil if times are not known.
  public var frequency: Frequency?
  /// What the values of a series are like, where a series has none of its own.
  public var typical: Typical
  /// The names of the series that were trained on, where networks learn something of each.
  public var names: [String] = []

  /// The encoding that suits series.
  ///
  /// - Throws: `OptionError` if they have not the same covariates.
  package init(_ series: [Series], frequency: Frequency?, hasCalendar: Bool) throws {
    let first = series.first?.covariates ?? Covariates()
    for other in series {
      let own = other.covariates
      guard own.known.count == first.known.count, own.past.count == first.past.count,
        own.statics.count == first.statics.count
      else {
        throw OptionError.conflict(
          "series \(quoted(other.name)) has other covariates than \(quoted(series[0].name))")
      }
    }
    known = first.known.indices.map { k in
      Column(series.lazy.flatMap { $0.covariates.known[k].prefix($0.values.count) })
    }
    past = first.past.indices.map { k in Column(series.lazy.flatMap { $0.covariates.past[k] }) }
    statics = first.statics.indices.map { k in
      let texts = series.map { $0.covariates.statics[k] }.filter { !$0.isEmpty }
      let numbers = texts.compactMap { Double($0) }
      return numbers.count == texts.count ? .number(Column(numbers)) : .category(Set(texts).sorted())
    }
    self.frequency = frequency
    typical = Typical(series)
    let longest = series.filter { $0.start != nil }.map(\.values.count).max() ?? 0
    cycles =
      frequency.map { hasCalendar ? CalendarCycle.cycles(of: $0, steps: longest) : [] } ?? []
  }

  /// How many numbers stand beside the values.
  package var counts: CovariateCounts {
    CovariateCounts(
      known: known.count, past: past.count,
      fixed: cycles.reduce(0) { $0 + $1.featureCount } + statics.reduce(0) { $0 + $1.width })
  }

  /// Numbers of what belongs to a series. A category that training has not seen is none of those it has.
  func fixed(_ series: Series) throws -> [Float] {
    var numbers: [Float] = []
    for (text, encoding) in zip(series.covariates.statics, statics) {
      switch encoding {
      case .number(let column):
        guard let value = text.isEmpty ? .nan : Double(text) else {
          throw OptionError.conflict(
            "a static column of series \(quoted(series.name)) has \(quoted(text)) where the model was trained on numbers"
          )
        }
        numbers.append(column.encoded(value))
      case .category(let names): numbers += names.map { $0 == text ? 1 : 0 }
      }
    }
    return numbers
  }
}

/// How many numbers a network reads beside the values.
package struct CovariateCounts: Sendable, Equatable {
  /// For each step, also of the horizon.
  package var known = 0
  /// For each step that is read.
  package var past = 0
  /// For each segment: of the calendar and of the series.
  package var fixed = 0

  package init(known: Int = 0, past: Int = 0, fixed: Int = 0) {
    (self.known, self.past, self.fixed) = (known, past, fixed)
  }
}
