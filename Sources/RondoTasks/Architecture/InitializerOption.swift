import RondoCore
import RondoTraining

/// An initialiser as options say it: `uniform:0.1`, `normal:0.05`, `xavier`, `kaiming`, `orthogonal`.
public struct InitializerOption: Sendable, Equatable {
  /// What was written, and goes to `config.json`.
  public let text: String
  /// What it means.
  public let initializer: Initializer

  static let names = ["uniform", "normal", "xavier", "kaiming", "orthogonal"]

  /// Reads a name, with a colon and a number above 0 after `uniform` and `normal`.
  ///
  /// - Throws: `OptionError` for another name, and for a number that is missing, wrong or not asked for.
  public init(parsing text: String) throws(OptionError) {
    self.text = text
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    guard Self.names.contains(name) else {
      throw .unknownName(kind: "initialiser", given: name, valid: Self.names)
    }
    switch (name, parts.count == 2 ? Float(parts[1]) : nil) {
    case ("uniform", .some(let bound)) where bound > 0 && bound.isFinite: initializer = .uniform(bound)
    case ("normal", .some(let deviation)) where deviation > 0 && deviation.isFinite:
      initializer = .normal(deviation)
    case ("xavier", nil) where parts.count == 1: initializer = .xavierUniform
    case ("kaiming", nil) where parts.count == 1: initializer = .kaimingUniform
    case ("orthogonal", nil) where parts.count == 1: initializer = .orthogonal
    default:
      let needsNumber = name == "uniform" || name == "normal"
      throw .invalid(
        option: "--init", given: text,
        requirement: needsNumber ? "\(name):NUMBER with a number above 0, as in \(name):0.1" : "\(name) alone"
      )
    }
  }
}

extension InitializerOption: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(parsing: container.decode(String.self))
    } catch let error as OptionError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
