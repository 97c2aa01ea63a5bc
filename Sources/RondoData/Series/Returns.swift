import RondoCore

extension Series {
  /// The first price that is not positive, of which there is no return; nil if there is none.
  public var firstWithoutReturn: Int? { values.firstIndex { $0 <= 0 } }

  /// The returns of prices, log p_t − log p_{t−1}, from the second price on.
  ///
  /// Where a price is missing there is no return; the next one is of all the time since the last price.
  public func logReturns(_ frequency: Frequency?) -> Series {
    precondition(firstWithoutReturn == nil, "Series.logReturns: a price that is not positive")
    var returns: [Double] = []
    var last = Double.nan
    for price in values {
      returns.append(PortableMath.log(price.isNaN || last.isNaN ? 1 : price / last))
      if price.isNaN || last.isNaN { returns[returns.count - 1] = .nan }
      if !price.isNaN { last = price }
    }
    var series = self
    series.values = Array(returns.dropFirst())
    series.start = time(ofStep: 1, frequency)
    series.covariates.known = covariates.known.map { Array($0.dropFirst()) }
    series.covariates.past = covariates.past.map { Array($0.dropFirst()) }
    return series
  }
}
