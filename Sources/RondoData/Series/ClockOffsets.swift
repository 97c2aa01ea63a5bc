/// How far the clocks of a file's times are ahead of UTC.
struct ClockOffsets {
  /// How far steps are apart, if that is known.
  var step: Frequency?
  private var first: (hasOffset: Bool, line: Int)?
  private var offsets: Set<Int> = []
  private var secondOfDay: Int?
  private var isSameTimeOfDay = true

  /// Takes note of a time.
  ///
  /// - Throws: ``FormatError`` if it has an offset and others have none, or the other way round.
  mutating func add(
    _ clock: Timestamp, _ offset: Int?, line: Int, at place: () -> FormatError.Place
  ) throws(FormatError) {
    if let first {
      guard first.hasOffset == (offset != nil) else {
        throw FormatError(
          place(),
          expected: "a time with\(first.hasOffset ? "" : "out") an offset from UTC, as in line \(first.line)",
          found: offset.map { "one with \(Self.text($0))" } ?? "one without",
          hint: "All times of a file have an offset, or none has.")
      }
    } else {
      first = (offset != nil, line)
    }
    guard let offset else { return }
    offsets.insert(offset)
    isSameTimeOfDay = isSameTimeOfDay && secondOfDay ?? clock.secondOfDay == clock.secondOfDay
    secondOfDay = clock.secondOfDay
  }

  /// Whether times stay as the clocks show them: all are at the same time of a day, so that steps are days, weeks or months. A few rows of
  /// shorter steps may be, too, and are to become what other rows of theirs become.
  var keepsClock: Bool {
    if !offsets.isEmpty, case .seconds(let seconds) = step, seconds % 86_400 != 0 { return false }
    return isSameTimeOfDay
  }

  /// Whether times became UTC; nil if there are none, or they are at the same time of the day, which offsets change nothing of.
  var becomeUTC: Bool? {
    guard let first else { return nil }
    return first.hasOffset ? (keepsClock ? nil : true) : false
  }

  /// What is to be said of it, if any offset is not zero.
  func note(_ file: String) -> String? {
    guard offsets.contains(where: { $0 != 0 }) else { return nil }
    let sorted = offsets.sorted()
    let some = sorted.prefix(5).map(Self.text).joined(separator: ", ") + (sorted.count > 5 ? ", …" : "")
    return keepsClock
      ? "the times of \(file) have offsets from UTC (\(some)); as all are at the same time of the day, they are left as they are"
      : "the times of \(file) have offsets from UTC (\(some)) and become UTC"
  }

  /// `+01:00`
  private static func text(_ offset: Int) -> String {
    func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(offset < 0 ? "-" : "+")\(digits(abs(offset) / 3600)):\(digits(abs(offset) / 60 % 60))"
  }
}
