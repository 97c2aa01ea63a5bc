/// A number as text files have it: an optional sign, digits with a point among them, an optional exponent; no locale, no hexadecimal digits.
enum DecimalNumber: Equatable {
  /// The nearest double.
  case finite(Double)
  /// `nan`, `inf` or `infinity` in letters of either case, with or without a sign, or a number beyond the largest double.
  case notFinite
  /// Nothing but spaces.
  case empty
  /// Anything else.
  case other

  /// Reads a field; spaces and tabs around the number do not count.
  init(_ field: UnsafeBufferPointer<UInt8>) {
    var end = field.count
    var i = 0
    while i < end, DecimalNumber.isSpace(field[i]) { i += 1 }
    while end > i, DecimalNumber.isSpace(field[end - 1]) { end -= 1 }
    guard i < end else {
      self = .empty
      return
    }
    let begin = i
    let isNegative = field[i] == UInt8(ascii: "-")
    if isNegative || field[i] == UInt8(ascii: "+") { i += 1 }

    // The digits as an integer, as long as it fits; the place of the point goes into the exponent.
    var digits: UInt64 = 0
    var isExact = true
    var exponent = 0
    var digitCount = 0
    var hasPoint = false
    while i < end {
      let digit = field[i] &- UInt8(ascii: "0")
      if digit <= 9 {
        if digits < 1 << 59 { digits = digits &* 10 &+ UInt64(digit) } else { isExact = false }
        digitCount += 1
        if hasPoint { exponent -= 1 }
      } else if field[i] == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        break
      }
      i += 1
    }
    guard digitCount > 0 else {
      self =
        DecimalNumber.isNotFinite(field[(isNegative || i > begin ? begin + 1 : begin)..<end])
        ? .notFinite : .other
      return
    }
    if i < end, field[i] | 0x20 == UInt8(ascii: "e") {
      i += 1
      let isBelowOne = i < end && field[i] == UInt8(ascii: "-")
      if i < end, isBelowOne || field[i] == UInt8(ascii: "+") { i += 1 }
      let first = i
      var written = 0
      while i < end, field[i] &- UInt8(ascii: "0") <= 9 {
        // Beyond this every number is 0 or infinite, and the sum below cannot overflow.
        written = min(written * 10 + Int(field[i] &- UInt8(ascii: "0")), 1 << 40)
        i += 1
      }
      guard i > first else {
        self = .other
        return
      }
      exponent += isBelowOne ? -written : written
    }
    guard i == end else {
      self = .other
      return
    }

    // Both factors are exact doubles, so that one rounding gives the nearest.
    if isExact, digits <= 1 << 53, -22...22 ~= exponent {
      let power = DecimalNumber.powersOfTen[abs(exponent)]
      let magnitude = exponent < 0 ? Double(digits) / power : Double(digits) * power
      self = .finite(isNegative ? -magnitude : magnitude)
      return
    }
    guard let value = Double(String(decoding: field[begin..<end], as: UTF8.self)) else {
      self = .other
      return
    }
    self = value.isFinite ? .finite(value) : .notFinite
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
  ]

  private static func isNotFinite(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    let word = String(decoding: word.prefix(9), as: UTF8.self).lowercased()
    return word == "nan" || word == "inf" || word == "infinity"
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension Float {
  /// The finite number that a field of a text file holds: the nearest double, rounded to Float.
  ///
  /// - Parameters:
  ///   - what: Which number it should be, for the message: `a number in column "x"`.
  ///   - place: Where it is.
  init(
    field: UnsafeBufferPointer<UInt8>, _ what: @autoclosure () -> String,
    at place: @autoclosure () -> FormatError.Place
  ) throws(FormatError) {
    let number = DecimalNumber(field)
    if case .finite(let value) = number, Float(value).isFinite {
      self = Float(value)
      return
    }
    throw FormatError.notANumber(field, number, what(), at: place())
  }
}

extension FormatError {
  /// What is said about a field that should be a finite number.
  static func notANumber(
    _ field: UnsafeBufferPointer<UInt8>, _ number: DecimalNumber, _ what: String, at place: Place
  ) -> FormatError {
    let found = quoted(String(decoding: field, as: UTF8.self))
    let hint: String?
    switch number {
    case .empty:
      return FormatError(place, expected: what, found: "nothing", hint: "Fill the gap or leave it out.")
    case .finite: hint = "Scale the numbers: the largest that fit are about 3.4e38."
    case .notFinite: hint = "Fill the gap or leave it out."
    case .other:
      hint = field.contains(UInt8(ascii: ",")) ? "A decimal point is written as a dot." : nil
    }
    return FormatError(place, expected: what, found: found, hint: hint)
  }

  /// A column of this name is asked for, and there is none.
  static func noColumn(_ name: String, among columns: [String], at place: Place) -> FormatError {
    FormatError(
      place, expected: "a column \(quoted(name))", found: columns.isEmpty ? "none" : listed(columns),
      hint: NearestName.of(name, among: columns).map { "Did you mean \(quoted($0))?" })
  }
}
