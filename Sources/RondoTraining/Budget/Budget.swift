/// How long a run goes on.
public enum Budget: Sendable, Equatable {
  /// So many updates of the weights.
  case steps(Int)
  /// So many passes over the training data.
  case epochs(Int)
  /// Seconds from the start of the command to its end, loading and validating included.
  case seconds(Double)
}

extension Budget: Codable {
  private enum CodingKeys: String, CodingKey {
    case steps, epochs, seconds
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    if let steps = try container.decodeIfPresent(Int.self, forKey: .steps) {
      self = .steps(steps)
    } else if let epochs = try container.decodeIfPresent(Int.self, forKey: .epochs) {
      self = .epochs(epochs)
    } else {
      self = .seconds(try container.decode(Double.self, forKey: .seconds))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .steps(let steps): try container.encode(steps, forKey: .steps)
    case .epochs(let epochs): try container.encode(epochs, forKey: .epochs)
    case .seconds(let seconds): try container.encode(seconds, forKey: .seconds)
    }
  }
}
