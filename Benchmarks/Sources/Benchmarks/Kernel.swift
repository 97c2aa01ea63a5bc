import CRondoKernels
import Foundation

/// A kernel by itself on one thread, its operands in the cache.
enum Kernel {
  case product(rows: Int, outputs: Int, depth: Int)
  case gradient(rows: Int, outputs: Int, width: Int)

  /// GFLOP/s and the machine's peak in the same moments: medians of alternated bursts.
  func measure() -> [String: Double] {
    let run: () -> Void
    let operations: Double
    switch self {
    case .product(let rows, let outputs, let depth):
      let weight = Floats(outputs * depth)
      let packed = Floats(rondo_packed_size(outputs, depth))
      rondo_pack(outputs, depth, weight.base, depth, 1, 0, rondo_panel_count(outputs), packed.base)
      let (x, y) = (Floats(rows * (depth + 16)), Floats(rows * (outputs + 16)))
      run = {
        rondo_gemm(
          rows, outputs, depth, x.base, depth + 16, packed.base, 0, rondo_panel_count(outputs), nil, 0,
          y.base,
          outputs + 16)
      }
      operations = 2 * Double(rows * outputs * depth)
    case .gradient(let rows, let outputs, let width):
      let (a, b) = (Floats(rows * (outputs + 16)), Floats(rows * (width + 16)))
      let (sum, scratch) = (Floats(outputs * width), Floats(rondo_outer_scratch_size(width)))
      run = {
        rondo_outer(
          rows, 0, outputs, width, a.base, outputs + 16, b.base, width + 16, sum.base, width, scratch.base)
      }
      operations = 2 * Double(rows * outputs * width)
    }
    let repetitions = max(1, Int(3e8 / operations))
    var (rates, peaks): ([Double], [Double]) = ([], [])
    for _ in 0..<9 {
      let iterations = 1_000_000
      peaks.append(
        rondo_peak_flops_per_iteration() * Double(iterations) / seconds { _ = rondo_peak_run(iterations) })
      rates.append(operations * Double(repetitions) / seconds { for _ in 0..<repetitions { run() } })
    }
    return ["gflops": median(rates) / 1e9, "peak_gflops": median(peaks) / 1e9]
  }

  private func seconds(_ body: () -> Void) -> Double {
    let start = ContinuousClock.now
    body()
    return (ContinuousClock.now - start) / .seconds(1)
  }
}

/// Aligned memory with something in it.
private final class Floats {
  let base: UnsafeMutablePointer<Float>

  init(_ count: Int) {
    base = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * 4, alignment: 64)
      .bindMemory(to: Float.self, capacity: count)
    for index in 0..<count { (base + index).initialize(to: Float(index % 97) / 97 - 0.5) }
  }

  deinit { base.deallocate() }
}
