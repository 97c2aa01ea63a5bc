/// What stands between the whole and the broken part of numbers; the other one may stand between thousands.
public enum DecimalMark: String, Sendable, Codable, CaseIterable {
  /// 1,234.5
  case point
  /// 1.234,5
  case comma

  fileprivate var byte: UInt8 {
    switch self {
    case .point: UInt8(ascii: ".")
    case .comma: UInt8(ascii: ",")
    }
  }
}

/// What a number says of its marks.
enum DecimalEvidence: Equatable {
  /// It can be read in one way only, with this decimal mark.
  case one(DecimalMark)
  /// It has this mark once, with three digits after it: before a fraction or between thousands.
  case either(DecimalMark)
}

extension DecimalNumber {
  /// Whether a field stands for a number that is missing.
  func isMissing(_ field: UnsafeBufferPointer<UInt8>) -> Bool {
    switch self {
    case .empty: true
    case .finite: false
    case .notFinite, .other:
      field.count < 16 && Self.missing.contains(trimmed(String(decoding: field, as: UTF8.self)).lowercased())
    }
  }

  /// What stands in the place of a missing number, in lower case.
  private static let missing: Set<String> = [
    "na", "nan", "-nan", "null", "none", "n/a", "#n/a", "<na>", "nat", "-", "?", ".",
  ]

  /// Reads a field that may have a decimal comma, and marks between thousands: a point, a comma, a space or an apostrophe.
  ///
  /// - Parameter decimal: The decimal mark where a number could be read in two ways, as 1,234 and 1.234 can; if nil, the mark it has.
  init(_ field: UnsafeBufferPointer<UInt8>, decimal: DecimalMark?) {
    if decimal != .comma || !field.contains(UInt8(ascii: ".")) {
      let number = DecimalNumber(field)
      if number != .other {
        self = number
        return
      }
    }
    guard let marks = NumberMarks(field) else {
      self = DecimalNumber(field)
      return
    }
    var mark = marks.decimal
    if case .either(let one)? = marks.evidence { mark = (decimal ?? one) == one ? one : nil }
    let plain = marks.plain(field, decimal: mark)
    self = plain.withUnsafeBufferPointer { DecimalNumber($0) }
  }

  /// What a field that is a number says of its marks; nil if it has none.
  static func evidence(_ field: UnsafeBufferPointer<UInt8>) -> DecimalEvidence? {
    NumberMarks(field)?.evidence
  }
}

/// The marks in a number, found to be where they can be.
private struct NumberMarks {
  /// The decimal mark, if there is one and no doubt of it.
  private(set) var decimal: DecimalMark?
  private(set) var evidence: DecimalEvidence?

  /// Nil for what is no number, or has no marks.
  init?(_ field: UnsafeBufferPointer<UInt8>) {
    // The digits between the marks, and the marks.
    var counts = [0]
    var marks: [UInt8] = []
    var isLeadingZero = false
    var i = 0
    while i < field.count, DecimalNumber.isSpace(field[i]) { i += 1 }
    if i < field.count, field[i] == UInt8(ascii: "-") || field[i] == UInt8(ascii: "+") { i += 1 }
    var hasExponent = false
    scan: while i < field.count {
      let byte = field[i]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if marks.isEmpty, counts[0] == 0 { isLeadingZero = byte == UInt8(ascii: "0") }
        counts[counts.count - 1] += 1
        i += 1
      case UInt8(ascii: "e"), UInt8(ascii: "E"):
        hasExponent = true
        break scan
      default:
        guard let (mark, length) = Self.mark(field[i...]) else { return nil }
        // Spaces at the end.
        if mark == 0x20, field[i...].allSatisfy(DecimalNumber.isSpace) { break scan }
        marks.append(mark)
        counts.append(0)
        i += length
      }
    }
    guard let last = marks.last, counts.reduce(0, +) > 0 else { return nil }
    let kinds = Set(marks)
    let lastMark = DecimalMark.allCases.first { $0.byte == last }
    func isGrouped(_ counts: ArraySlice<Int>) -> Bool {
      counts.count < 2 || 1...3 ~= counts[0] && !isLeadingZero && counts.dropFirst().allSatisfy { $0 == 3 }
    }
    guard kinds.count <= 2 else { return nil }
    if kinds.count == 2 || marks.count == 1, let lastMark, marks.dropLast().allSatisfy({ $0 != last }) {
      // Its last mark is its decimal one, unless it stands alone before three digits.
      guard kinds.count == 1 || isGrouped(counts.dropLast()) else { return nil }
      let isEither = kinds.count == 1 && counts[1] == 3 && isGrouped(counts[...]) && !hasExponent
      (decimal, evidence) = (isEither ? nil : lastMark, isEither ? .either(lastMark) : .one(lastMark))
      return
    }
    guard kinds.count == 1, isGrouped(counts[...]) else { return nil }
    evidence = lastMark.map { .one($0 == .point ? .comma : .point) }
  }

  /// The number with a point as its decimal mark and no other marks.
  func plain(_ field: UnsafeBufferPointer<UInt8>, decimal: DecimalMark?) -> [UInt8] {
    var plain: [UInt8] = []
    for byte in field {
      if byte == decimal?.byte {
        plain.append(UInt8(ascii: "."))
      } else if byte < 0x80, byte != UInt8(ascii: "."), byte != UInt8(ascii: ","), byte != UInt8(ascii: "'"),
        !DecimalNumber.isSpace(byte)
      {
        plain.append(byte)
      }
    }
    return plain
  }

  /// The mark at the beginning of bytes, and its length: 0x20 for spaces of any kind, 0x27 for apostrophes.
  private static func mark(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> (mark: UInt8, length: Int)? {
    switch bytes.first {
    case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: "'"), 0x20: return (bytes.first!, 1)
    case 0xC2: return bytes.starts(with: [0xC2, 0xA0]) ? (0x20, 2) : nil
    case 0xE2:
      if bytes.starts(with: [0xE2, 0x80, 0xAF]) || bytes.starts(with: [0xE2, 0x80, 0x89]) {
        return (0x20, 3)
      }
      return bytes.starts(with: [0xE2, 0x80, 0x99]) ? (0x27, 3) : nil
    default: return nil
    }
  }
}
