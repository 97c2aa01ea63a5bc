import RondoCore

/// How far forecasts h of variances are from what came, r² of a return r, which is a poor but unbiased measure of its variance. Both losses are least, on
/// the average, for the true variance, however poor the measure is. Steps whose square or variance is missing (NaN) do not count.
///
/// Patton 2011, DOI 10.1016/j.jeconom.2010.03.034.
public enum VarianceError {
  /// QLIKE: the mean of r² / h − log(r² / h) − 1, which is 0 where h = r². Where r = 0 it would be infinite for every forecast, so such steps do not
  /// count. Nil without any other.
  public static func qlike(
    squares: some Collection<Double>, variances: some Collection<Double>
  ) -> Double? {
    mean(squares, variances) { square, h in
      square > 0 ? square / h - FastMath.log(square / h) - 1 : nil
    }
  }

  /// The mean of log h + r² / h: less than QLIKE by what does not depend on h, so that it ranks forecasts alike, and finite where r = 0, too. Nil
  /// without any step.
  public static func logarithmic(
    squares: some Collection<Double>, variances: some Collection<Double>
  ) -> Double? {
    mean(squares, variances) { square, h in FastMath.log(h) + square / h }
  }

  private static func mean(
    _ squares: some Collection<Double>, _ variances: some Collection<Double>,
    _ loss: (Double, Double) -> Double?
  ) -> Double? {
    var (sum, count) = (0.0, 0)
    for (square, variance) in zip(squares, variances) where !square.isNaN && !variance.isNaN {
      precondition(
        square >= 0 && variance > 0, "VarianceError: a square of \(square), a variance of \(variance)")
      guard let loss = loss(square, variance) else { continue }
      sum += loss
      count += 1
    }
    return count == 0 ? nil : sum / Double(count)
  }
}
