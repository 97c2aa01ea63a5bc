/// One series of numbers at equal steps of time.
public struct Series: Sendable, Equatable {
  /// What it is called in its file.
  public var name: String
  /// Its values, the oldest first; NaN where one is missing.
  public var values: [Double]
  /// The time of the first value, if times are known.
  public var start: Timestamp?
  /// What is known beside the values.
  public var covariates: Covariates

  /// A series. Values that are not finite count as missing.
  public init(
    name: String, values: [Double], start: Timestamp? = nil, covariates: Covariates = Covariates()
  ) {
    self.name = name
    self.values = values.map { $0.isFinite ? $0 : .nan }
    self.start = start
    self.covariates = covariates
  }

  /// When a step is; nil if times are not known.
  ///
  /// - Parameter frequency: How far steps are apart; nil if that is not known.
  public func time(ofStep step: Int, _ frequency: Frequency?) -> Timestamp? {
    start.flatMap { start in frequency.map { $0.advance(start, by: step) } }
  }

  /// When a step is, as files have it; nil if times are not known.
  public func timeText(ofStep step: Int, _ frequency: Frequency?) -> String? {
    guard let frequency, let time = time(ofStep: step, frequency) else { return nil }
    return frequency.text(of: time)
  }

  /// The number of steps before a moment; nil if times are not known.
  public func stepCount(before moment: Timestamp, _ frequency: Frequency?) -> Int? {
    guard let start, let frequency else { return nil }
    var (low, high) = (0, values.count)
    while low < high {
      let middle = (low + high) / 2
      if frequency.advance(start, by: middle) < moment { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The series as it was before a step: what is known ahead stays.
  public func before(_ step: Int) -> Series {
    var past = self
    past.values = Array(values.prefix(step))
    past.covariates.past = covariates.past.map { Array($0.prefix(step)) }
    return past
  }
}

extension Series {
  /// The values with gaps filled by the last value before them, and by the first one at the beginning: for methods that know no gaps.
  ///
  /// - Returns: Nothing if no value is there.
  public static func filled(_ values: [Double]) -> [Double] {
    guard var last = values.first(where: { !$0.isNaN }) else { return [] }
    return values.map { value in
      if !value.isNaN { last = value }
      return last
    }
  }
}
