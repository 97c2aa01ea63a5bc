import CRondoKernels
import RondoCore
import RondoTraining

/// The machine's peak rate of single-precision arithmetic: independent fused multiply-adds in registers, on all threads that are used.
struct PeakMeasurement {
  private var rates: [Double] = []
  private let iterations: Int

  /// Sizes a burst to about ten milliseconds.
  init() {
    var iterations = 1 << 16
    while true {
      let stopwatch = Stopwatch()
      _ = rondo_peak_run(iterations)
      let seconds = stopwatch.seconds
      if seconds > 0.005 {
        self.iterations = max(1, Int(Double(iterations) * 0.01 / seconds))
        return
      }
      iterations *= 2
    }
  }

  /// Measures one burst.
  mutating func burst() {
    let threads = Parallel.threadCount
    let iterations = iterations
    let stopwatch = Stopwatch()
    Parallel.run(threads) { _ in _ = rondo_peak_run(iterations) }
    rates.append(Double(threads * iterations) * rondo_peak_flops_per_iteration() / stopwatch.seconds / 1e9)
  }

  /// The median of the bursts, in 10⁹ operations a second.
  var gigaflops: Double { rates.median }
}

extension [Double] {
  /// The middle one by size.
  var median: Double { quantile(0.5) }

  /// The smallest value that at least this share of all values does not exceed.
  func quantile(_ share: Double) -> Double {
    require(!isEmpty, "quantile of nothing")
    let rank = Swift.max(1, Int((Double(count) * share).rounded(.up)))
    return sorted()[Swift.min(count, rank) - 1]
  }
}
