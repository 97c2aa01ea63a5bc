/// The simplex method of Nelder and Mead (1965, DOI 10.1093/comjnl/7.4.308): finds a minimum of a function of a few numbers without derivatives.
enum NelderMead {
  /// A point near a minimum.
  ///
  /// - Parameters:
  ///   - start: Where the search begins; a function's value there should be finite.
  ///   - step: The size of the first simplex.
  ///   - evaluations: How often the function is asked at most.
  static func minimum(
    from start: [Double], step: Double, evaluations: Int, _ function: ([Double]) -> Double
  ) -> [Double] {
    func value(_ point: [Double]) -> Double {
      let value = function(point)
      return value.isNaN ? .infinity : value
    }
    var simplex = [(point: start, value: value(start))]
    for index in start.indices {
      var point = start
      point[index] += step
      simplex.append((point, value(point)))
    }
    var asked = simplex.count
    while asked < evaluations {
      simplex.sort { $0.value < $1.value }
      let (best, worst) = (simplex[0], simplex[simplex.count - 1])
      let isFlat = worst.value - best.value <= 1e-9 * abs(best.value)
      let width = zip(best.point, worst.point).map { abs($0 - $1) }.max() ?? 0
      if isFlat && width < 1e-3 || start.isEmpty { break }
      let centre = start.indices.map { index in
        simplex.dropLast().reduce(0) { $0 + $1.point[index] } / Double(simplex.count - 1)
      }
      func moved(_ factor: Double) -> (point: [Double], value: Double) {
        let point = zip(centre, worst.point).map { $0 + factor * ($1 - $0) }
        asked += 1
        return (point, value(point))
      }
      let reflected = moved(-1)
      if reflected.value < best.value {
        let expanded = moved(-2)
        simplex[simplex.count - 1] = expanded.value < reflected.value ? expanded : reflected
      } else if reflected.value < simplex[simplex.count - 2].value {
        simplex[simplex.count - 1] = reflected
      } else {
        let contracted = moved(reflected.value < worst.value ? -0.5 : 0.5)
        if contracted.value < min(reflected.value, worst.value) {
          simplex[simplex.count - 1] = contracted
        } else {
          for index in simplex.indices.dropFirst() {
            let point = zip(best.point, simplex[index].point).map { ($0 + $1) / 2 }
            simplex[index] = (point, value(point))
          }
          asked += simplex.count - 1
        }
      }
    }
    return simplex.min { $0.value < $1.value }!.point
  }
}
