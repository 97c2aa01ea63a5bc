/// How the losses of rows become one number.
public enum LossReduction: Sendable, Hashable {
  /// The mean over the rows that have a loss; 0 if none has.
  case perToken
  /// The sum over all rows (all steps of all sequences) divided by the number of sequences.
  case perSequence(count: Int)
  /// The sum over all rows.
  case sum

  /// What the sum of `rows` losses is divided by.
  func divisor(rows: Int) -> Double {
    switch self {
    case .perToken: return Double(max(1, rows))
    case .perSequence(let count):
      require(count > 0, "LossReduction.perSequence: \(count) sequences")
      return Double(count)
    case .sum: return 1
    }
  }
}
