import RondoCore
import RondoTraining

/// How the next symbol is chosen from what a model expects.
public struct SamplingOptions: Sendable, Equatable {
  /// Divides the logits: below 1 the likely becomes likelier, 0 always takes the likeliest.
  public var temperature: Double = 1
  /// Only so many of the likeliest symbols are candidates.
  public var topK: Int?
  /// Only the likeliest symbols that together have this probability are candidates (Holtzman et al. 2020, arXiv 1904.09751).
  public var topP: Double?
  /// What the draws follow from.
  public var seed: UInt64 = 1

  /// The model's own probabilities.
  public init() {}

  /// Throws if a value is out of its range.
  public func validate() throws(OptionError) {
    guard temperature >= 0, temperature.isFinite else {
      throw .invalid(option: "--temperature", given: "\(temperature)", requirement: "0 or more")
    }
    if let topK, topK < 1 {
      throw .invalid(option: "--top-k", given: "\(topK)", requirement: "a whole number of 1 or more")
    }
    if let topP, !(topP > 0 && topP <= 1) {
      throw .invalid(option: "--top-p", given: "\(topP)", requirement: "above 0 and at most 1")
    }
  }
}

/// Draws symbols: a pure function of the seed, the number of the draw and the logits.
package struct TokenSampler {
  private let options: SamplingOptions
  /// A symbol that is never drawn, `<unk>`.
  private let excluded: Int?
  private let random: RandomSource
  private let stream = RandomSource.stream("generate")
  private var drawn: UInt64 = 0

  package init(_ options: SamplingOptions, excluding excluded: Int32?) {
    self.options = options
    self.excluded = excluded.map(Int.init)
    random = RandomSource(seed: options.seed)
  }

  /// The next symbol, and its log-probability by the model itself: before temperature and selection.
  ///
  /// - Throws: ``ModelError/notFinite`` if a logit is infinite or not a number.
  package mutating func next(
    _ logits: UnsafeBufferPointer<Float>
  ) throws(ModelError) -> (token: Int32, logProbability: Double) {
    guard logits.allSatisfy(\.isFinite) else { throw .notFinite }
    defer { drawn += 1 }
    let largest = logits.max()!
    let token = choose(logits)
    var sum = 0.0
    for logit in logits { sum += PortableMath.exp(Double(logit - largest)) }
    return (Int32(token), Double(logits[token] - largest) - PortableMath.log(sum))
  }

  private func choose(_ logits: UnsafeBufferPointer<Float>) -> Int {
    var candidates = Array(logits.indices)
    if let excluded, candidates.count > 1 { candidates.remove(at: excluded) }
    if options.temperature == 0 {
      return candidates.max { logits[$0] < logits[$1] || (logits[$0] == logits[$1] && $0 > $1) }!
    }
    if options.topK != nil || options.topP != nil {
      candidates.sort { logits[$0] != logits[$1] ? logits[$0] > logits[$1] : $0 < $1 }
      if let topK = options.topK { candidates.removeLast(max(0, candidates.count - topK)) }
    }
    // Of the candidates: what is excluded may be far likelier than all of them.
    let largest = candidates.reduce(-Float.infinity) { max($0, logits[$1]) }
    var weights = candidates.map { PortableMath.exp(Double(logits[$0] - largest) / options.temperature) }
    var total = weights.reduce(0, +)
    if let topP = options.topP {
      var kept = 0
      var covered = 0.0
      while kept < weights.count, covered < topP * total || kept == 0 {
        covered += weights[kept]
        kept += 1
      }
      weights.removeLast(weights.count - kept)
      total = covered
    }
    var rest = Double(random.bits(stream: stream, position: drawn) >> 11) * 0x1p-53 * total
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return candidates[index] }
    }
    // Rounding left a crumb: the last candidate that has a share at all.
    return candidates[weights.lastIndex { $0 > 0 } ?? 0]
  }
}
