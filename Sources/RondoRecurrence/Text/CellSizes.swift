/// Numbers that depend on the sizes of a cell, as formulas of these: a cell that was traced at several sizes has each width several times.
struct CellSizes {
  struct Sample: Sendable {
    var hidden: Int
    var input: Int
  }

  /// Sizes at which a registered cell is traced. Four give the coefficients of hiddenSize², hiddenSize, inputSize and 1; the last one shows
  /// whether they are right.
  static let samples = [(24, 7), (48, 7), (72, 7), (24, 11), (48, 11)].map {
    Sample(hidden: $0.0, input: $0.1)
  }

  /// Empty if the cell was traced once, at sizes that stay.
  let samples: [Sample]

  /// The formula of a number that had these values, or nil if none fits.
  func text(_ values: [Double]) -> String? {
    if values.dropFirst().allSatisfy({ $0 == values[0] }) { return CellNumber.text(values[0]) }
    if let text = polynomial(values) { return text }
    if let text = polynomial(values.map { 1 / $0 }) { return "1/(\(text))" }
    if let text = polynomial(values.map { $0 * $0 }) { return "sqrt(\(text))" }
    if let text = polynomial(values.map { 1 / ($0 * $0) }) { return "1/sqrt(\(text))" }
    return nil
  }

  func text(_ values: [Int]) -> String? { text(values.map { Double($0) }) }

  private func polynomial(_ values: [Double]) -> String? {
    guard samples.count == Self.samples.count, values.count == samples.count, values.allSatisfy(\.isFinite)
    else { return nil }
    let step = Double(samples[1].hidden - samples[0].hidden)
    let square = (values[2] - 2 * values[1] + values[0]) / (2 * step * step)
    let slope =
      (values[1] - values[0]) / step - square * Double(samples[1].hidden + samples[0].hidden)
    let input = (values[3] - values[0]) / Double(samples[3].input - samples[0].input)
    let (h, i) = (Double(samples[0].hidden), Double(samples[0].input))
    let rest = values[0] - square * h * h - slope * h - input * i
    let coefficients = [square, slope, input, rest].map { rational($0) }
    guard coefficients.allSatisfy({ $0 != nil }) else { return nil }
    let (a, b, c, d) = (coefficients[0]!, coefficients[1]!, coefficients[2]!, coefficients[3]!)
    for (sample, value) in zip(samples, values) {
      let (h, i) = (Double(sample.hidden), Double(sample.input))
      let fitted = a.value * h * h + b.value * h + c.value * i + d.value
      guard abs(fitted - value) <= 1e-9 * max(1, abs(value)) else { return nil }
    }
    var text = ""
    for (coefficient, factor) in [(a, "hiddenSize*hiddenSize"), (b, "hiddenSize"), (c, "inputSize"), (d, "")]
    where coefficient.numerator != 0 {
      let magnitude = term(abs(coefficient.numerator), coefficient.denominator, factor)
      let isNegative = coefficient.numerator < 0
      text += text.isEmpty ? (isNegative ? "-" : "") + magnitude : (isNegative ? " - " : " + ") + magnitude
    }
    return text.isEmpty ? "0" : text
  }

  private func term(_ numerator: Int, _ denominator: Int, _ factor: String) -> String {
    var text = factor.isEmpty ? "\(numerator)" : (numerator == 1 ? factor : "\(numerator)*\(factor)")
    if denominator != 1 { text += "/\(denominator)" }
    return text
  }

  private struct Rational {
    var numerator: Int
    var denominator: Int
    var value: Double { Double(numerator) / Double(denominator) }
  }

  private func rational(_ value: Double) -> Rational? {
    for denominator in 1...16 {
      let numerator = (value * Double(denominator)).rounded()
      if abs(numerator) < 1e9, abs(numerator / Double(denominator) - value) < 1e-9 {
        return Rational(numerator: Int(numerator), denominator: denominator)
      }
    }
    return nil
  }
}
