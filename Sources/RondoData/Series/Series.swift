/// One series of numbers at equal steps of time.
public struct Series: Sendable, Equatable {
  /// What it is called in its file.
  public var name: String
  /// Its values, the oldest first; NaN where one is missing.
  public var values: [Double]
  /// The time of the first value, if times are known.
  public var start: Timestamp?

  /// A series. Values that are not finite count as missing.
  public init(name: String, values: [Double], start: Timestamp? = nil) {
    self.name = name
    self.values = values.map { $0.isFinite ? $0 : .nan }
    self.start = start
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
