/// A JSON value (RFC 8259): what the files beside a model's weights are written in.
///
/// Reading is strict and made for hostile files: nothing but JSON is accepted, names must not occur twice, nesting is bounded, and every
/// error names line and byte. Writing is deterministic: members keep their order, and a number is written with the fewest digits that
/// read back as the same bits.
public enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  /// A number written without fraction and exponent that fits.
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object(Object)

  /// The members of an object, in the order of the file.
  public struct Object: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// Names and values; no name occurs twice.
    public private(set) var members: [(name: String, value: JSON)] = []
    private var places: [String: Int] = [:]

    /// An object without members.
    public init() {}

    public init(dictionaryLiteral elements: (String, JSON)...) {
      for (name, value) in elements { self[name] = value }
    }

    /// The value of a member; assigning to a new name appends it, assigning `nil` removes it.
    public subscript(name: String) -> JSON? {
      get { places[name].map { members[$0].value } }
      set {
        switch (places[name], newValue) {
        case (let place?, let value?): members[place].value = value
        case (nil, let value?):
          places[name] = members.count
          members.append((name, value))
        case (let place?, nil):
          members.remove(at: place)
          places = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.name, $0) })
        case (nil, nil): break
        }
      }
    }

    public static func == (a: Object, b: Object) -> Bool {
      a.members.count == b.members.count
        && zip(a.members, b.members).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    }
  }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByBooleanLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral, ExpressibleByStringLiteral
{
  public init(arrayLiteral elements: JSON...) { self = .array(elements) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(dictionaryLiteral elements: (String, JSON)...) {
    var object = Object()
    for (name, value) in elements { object[name] = value }
    self = .object(object)
  }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(stringLiteral value: String) { self = .string(value) }
}

extension JSON {
  /// True or false; `nil` for every other value.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// A number written without fraction and exponent; `nil` for every other value.
  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  /// The value of either kind of number; `nil` for every other value.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
  /// The text of a string; `nil` for every other value.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The elements of an array; `nil` for every other value.
  public var array: [JSON]? { if case .array(let value) = self { value } else { nil } }
  /// The members of an object; `nil` for every other value.
  public var object: Object? { if case .object(let value) = self { value } else { nil } }

  /// The member of an object; `nil` for everything else.
  public subscript(name: String) -> JSON? { object?[name] }

  /// What a message calls this value: `the number 3`, `an array`.
  package var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer, .number: "the number \(text())"
    case .string(let value): "the string \(quoted(value))"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

// MARK: Writing

extension JSON {
  /// The value as text: on one line, or with every member on a line of its own, indented by two spaces.
  ///
  /// A number that JSON cannot express (infinities, NaN) is written as `null`.
  public func text(pretty: Bool = false) -> String {
    var output = ""
    write(to: &output, pretty: pretty, indentation: 0)
    return output
  }

  private func write(to output: inout String, pretty: Bool, indentation: Int) {
    func list<Element>(
      _ open: String, _ elements: [Element], _ close: String, onLines: Bool,
      _ body: (Element, inout String) -> Void
    ) {
      output += open
      for (index, element) in elements.enumerated() {
        if index > 0 { output += onLines || !pretty ? "," : ", " }
        if onLines { output += "\n" + String(repeating: "  ", count: indentation + 1) }
        body(element, &output)
      }
      if onLines, !elements.isEmpty { output += "\n" + String(repeating: "  ", count: indentation) }
      output += close
    }
    switch self {
    case .null: output += "null"
    case .bool(let value): output += value ? "true" : "false"
    case .integer(let value): output += String(value)
    case .number(let value): output += value.isFinite ? value.description : "null"
    case .string(let value): JSON.write(value, to: &output)
    case .array(let elements):
      // Plain numbers stay on one line, however many.
      let onLines = pretty && elements.contains { $0.double == nil }
      list("[", elements, "]", onLines: onLines) { element, output in
        element.write(to: &output, pretty: pretty, indentation: indentation + 1)
      }
    case .object(let object):
      list("{", object.members, "}", onLines: pretty) { member, output in
        JSON.write(member.name, to: &output)
        output += pretty ? ": " : ":"
        member.value.write(to: &output, pretty: pretty, indentation: indentation + 1)
      }
    }
  }

  private static func write(_ string: String, to output: inout String) {
    output += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        let hex = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}
