import RondoRecurrence

/// Exponential smoothing of a level and of a season, as a cell whose smoothing weights belong to the sequence.
///
///     l = l' + p α (y − s'_1 − l')
///     e = s'_1 + p γ (y − l − s'_1)
///     s = [s'_2, …, s'_m, e]
///
/// It reads y and p, which is 1 where there is a value and 0 where it is missing, and gives [l, s]: the level, and the season of the next m steps.
/// Of logarithms this is Holt and Winters' method with a multiplicative season and without a trend.
///
/// Source: the preprocessing layers of Smyl 2020, DOI 10.1016/j.ijforecast.2019.03.017.
struct SmoothingCell: Cell {
  /// Steps of a season, 1 for none.
  let season: Int

  var states: StateShapes { season > 1 ? ["l": 1, "s": season] : ["l": 1] }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let (y, isThere) = (x[0..<1], x[1..<2])
    let alpha = isThere * w.perSequence("alpha", 1)
    guard season > 1 else {
      s.l = s.l + alpha * (y - s.l)
      return s.l
    }
    let gamma = isThere * w.perSequence("gamma", 1)
    let now = s.s[0..<1]
    s.l = s.l + alpha * (y - now - s.l)
    s.s = concatenate(s.s[1..<season], now + gamma * (y - s.l - now))
    return concatenate(s.l, s.s)
  }
}
