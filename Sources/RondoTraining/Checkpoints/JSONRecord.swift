import Foundation
import RondoData

/// Values of `Codable` types as the JSON of our own files: the same value always gives the same text, and damage is answered with the
/// place and what was expected there.
package enum JSONRecord {
  /// The value as JSON with sorted names; on several lines if `pretty`.
  package static func encode(_ value: some Encodable, pretty: Bool = false) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      fatalError("JSONRecord.encode: \(error)")
    }
  }

  /// Reads a value of this type.
  ///
  /// - Parameter file: what messages call the source
  /// - Throws: `FormatError`
  package static func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8], file: String) throws
    -> Value
  {
    // First as JSON alone, whose errors name line and byte.
    _ = try bytes.withUnsafeBufferPointer { try JSON(parsing: $0, of: file) }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch let error as DecodingError {
      throw formatError(error, file: file)
    }
  }

  private static func formatError(_ error: DecodingError, file: String) -> FormatError {
    func name(_ path: [any CodingKey], _ last: (any CodingKey)? = nil) -> String {
      let names = (path + (last.map { [$0] } ?? [])).map {
        $0.intValue.map { "[\($0)]" } ?? snakeCase($0.stringValue)
      }
      return names.isEmpty ? "the whole" : "\"" + names.joined(separator: ".") + "\""
    }
    let (expected, found): (String, String) =
      switch error {
      case .keyNotFound(let key, let context): ("a value for \(name(context.codingPath, key))", "none")
      case .valueNotFound(_, let context): ("a value for \(name(context.codingPath))", "null")
      case .typeMismatch(let type, let context):
        ("\(name(context.codingPath)) to be \(word(for: type))", "something else")
      case .dataCorrupted(let context): ("a valid value for \(name(context.codingPath))", "another")
      @unknown default: ("a readable record", "a damaged one")
      }
    return FormatError(
      .init(file), expected: expected, found: found, hint: "The file is damaged, or not one of Rondo's.")
  }

  /// `stepCount` as the file spells it.
  private static func snakeCase(_ name: String) -> String {
    name.reduce(into: "") { result, letter in
      result += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
    }
  }

  private static func word(for type: Any.Type) -> String {
    switch type {
    case is Int.Type, is UInt64.Type: "a whole number"
    case is Double.Type, is Float.Type: "a number"
    case is String.Type: "a string"
    case is Bool.Type: "true or false"
    case is [Any].Type: "an array"
    default: "an object"
    }
  }
}
