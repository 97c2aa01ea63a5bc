import CRondoKernels
import Foundation
import Testing

@Suite struct SoftmaxTests {
  private static let widths = [1, 2, 15, 16, 17, 50, 64, 200, 1003, 10_000]
  private static let rows = 5
  private static let targets: [Int32] = [0, -1, 1, 7, 3]

  /// Rows of logits of very different size, the last two far beyond the range of exp.
  private static func logits(_ n: Int, stride: Int) -> Floats {
    let x = Floats(random: rows * stride, seed: 51)
    let scales: [Float] = [1, 10, 30, 3000, 1]
    for r in 0..<rows {
      for j in 0..<n { x[r * stride + j] = x[r * stride + j] * scales[r] - (r == 4 ? 5000 : 0) }
    }
    return x
  }

  private static func logSum(_ x: Floats, _ row: Int, _ n: Int, _ stride: Int) -> Double {
    let values = (0..<n).map { Double(x[row * stride + $0]) }
    let largest = values.max()!
    return largest + log(values.reduce(0) { $0 + exp($1 - largest) })
  }

  @Test func crossEntropyForward() {
    for n in Self.widths {
      let stride = n + 3
      let x = Self.logits(n, stride: stride)
      let targets = Self.targets.map { min($0, Int32(n - 1)) }
      var results: [[UInt32]] = []
      for variant in Variant.all {
        let losses = Floats(random: Self.rows, seed: 52)
        let logSums = Floats(random: Self.rows, seed: 53)
        variant.kernels.cross_entropy_forward(
          Self.rows, n, x.pointer, stride, targets, losses.pointer, logSums.pointer)
        for r in 0..<Self.rows {
          let exact = Self.logSum(x, r, n, stride)
          let tolerance = 2e-6 + abs(exact) * 2e-7
          #expect(abs(Double(logSums[r]) - exact) < tolerance, "row \(r) of \(n), \(variant.name)")
          let loss = targets[r] < 0 ? 0 : exact - Double(x[r * stride + Int(targets[r])])
          #expect(abs(Double(losses[r]) - loss) < tolerance * 2, "row \(r) of \(n), \(variant.name)")
        }
        let lossesAlone = Floats(zeros: Self.rows)
        variant.kernels.cross_entropy_forward(
          Self.rows, n, x.pointer, stride, targets, lossesAlone.pointer, nil)
        #expect(lossesAlone.bits == losses.bits)
        #expect(losses.guardsIntact && logSums.guardsIntact)
        if variant.name != "portable" { results.append(losses.bits + logSums.bits) }
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }

  @Test func crossEntropyBackward() {
    for n in Self.widths {
      let (stride, gradientStride) = (n + 3, n + 1)
      let x = Self.logits(n, stride: stride)
      let targets = Self.targets.map { min($0, Int32(n - 1)) }
      let logSums = Floats((0..<Self.rows).map { Float(Self.logSum(x, $0, n, stride)) })
      let scales = Floats([0.5, 1, -2, 1, 0.01])
      for accumulate in [false, true] {
        var results: [[UInt32]] = []
        for variant in Variant.all {
          let start = Floats(random: Self.rows * gradientStride, seed: 54)
          let gradient = Floats(start.values)
          variant.kernels.cross_entropy_backward(
            Self.rows, n, x.pointer, stride, targets, logSums.pointer, scales.pointer, gradient.pointer,
            gradientStride, accumulate ? 1 : 0)
          for r in 0..<Self.rows {
            for j in 0..<gradientStride {
              let before = start[r * gradientStride + j]
              var expected = accumulate || j >= n ? Double(before) : 0
              if j < n && targets[r] >= 0 {
                let hit = Int(targets[r]) == j ? 1.0 : 0
                // The logarithm is rounded to float before: its error is part of the definition.
                let difference = Double(x[r * stride + j] - logSums[r])
                expected += Double(scales[r]) * (exp(difference) - hit)
              }
              let result = Double(gradient[r * gradientStride + j])
              #expect(abs(result - expected) < 5e-7, "row \(r), column \(j) of \(n), \(variant.name)")
            }
          }
          if !accumulate {
            let inPlace = Floats(x.values)
            variant.kernels.cross_entropy_backward(
              Self.rows, n, inPlace.pointer, stride, targets, logSums.pointer, scales.pointer,
              inPlace.pointer,
              stride, 0)
            for r in 0..<Self.rows {
              for j in 0..<n {
                #expect(inPlace[r * stride + j].bitPattern == gradient[r * gradientStride + j].bitPattern)
              }
            }
          }
          #expect(gradient.guardsIntact)
          if variant.name != "portable" { results.append(gradient.bits) }
        }
        #expect(results.allSatisfy { $0 == results[0] })
      }
    }
  }

  /// Each column for itself, whatever its neighbours.
  @Test func softmaxOverRows() {
    for width in [1, 3, 15, 16, 17, 50] {
      for rows in [1, 2, 5, 40] {
        let (xStride, yStride) = (width + 3, width + 1)
        let x = Floats(random: rows * xStride, seed: 55)
        for index in 0..<rows * xStride { x[index] *= index % 3 == 0 ? 200 : 3 }
        var results: [[UInt32]] = []
        for variant in Variant.all {
          let y = Floats(zeros: rows * yStride)
          variant.kernels.softmax_over_rows(rows, width, x.pointer, xStride, y.pointer, yStride)
          for j in 0..<width {
            let column = (0..<rows).map { Double(x[$0 * xStride + j]) }
            let largest = column.max()!
            let sum = column.reduce(0) { $0 + exp($1 - largest) }
            for r in 0..<rows {
              let exact = exp(column[r] - largest) / sum
              // The difference to the largest rounds, which exp makes a relative error.
              let tolerance = (1e-6 + 1e-7 * abs(column[r] - largest)) * exact + 0x1p-148
              #expect(
                abs(Double(y[r * yStride + j]) - exact) < tolerance, "row \(r), column \(j) of \(width)")
            }
          }
          #expect((0..<rows).allSatisfy { y[$0 * yStride + width] == 0 })
          let inPlace = Floats(x.values)
          variant.kernels.softmax_over_rows(rows, width, inPlace.pointer, xStride, inPlace.pointer, xStride)
          for r in 0..<rows {
            for j in 0..<width {
              #expect(inPlace[r * xStride + j].bitPattern == y[r * yStride + j].bitPattern)
            }
          }
          #expect(y.guardsIntact && inPlace.guardsIntact)
          if variant.name != "portable" { results.append(y.bits) }
        }
        #expect(results.allSatisfy { $0 == results[0] })
      }
    }
  }

  @Test(arguments: [false, true])
  func softmax(logarithm: Bool) {
    for n in Self.widths {
      let (xStride, yStride) = (n + 3, n + 1)
      let x = Self.logits(n, stride: xStride)
      var results: [[UInt32]] = []
      for variant in Variant.all {
        let y = Floats(zeros: Self.rows * yStride)
        variant.kernels.softmax(Self.rows, n, x.pointer, xStride, y.pointer, yStride, logarithm ? 1 : 0)
        for r in 0..<Self.rows {
          let logSum = Self.logSum(x, r, n, xStride)
          for j in 0..<n {
            let exact = Double(x[r * xStride + j]) - logSum
            let result = Double(y[r * yStride + j])
            if logarithm {
              #expect(abs(result - exact) < 2e-6 + abs(exact) * 2e-7, "row \(r), column \(j) of \(n)")
            } else {
              // The difference of a logit and the largest rounds, which exp makes a relative error.
              let tolerance = (2e-6 + abs(exact) * 1e-7) * exp(exact) + 0x1p-148
              #expect(abs(result - exp(exact)) < tolerance, "row \(r), column \(j) of \(n)")
            }
          }
          #expect(y[r * yStride + n] == 0)
        }
        let inPlace = Floats(x.values)
        variant.kernels.softmax(
          Self.rows, n, inPlace.pointer, xStride, inPlace.pointer, xStride, logarithm ? 1 : 0)
        for r in 0..<Self.rows {
          for j in 0..<n { #expect(inPlace[r * xStride + j].bitPattern == y[r * yStride + j].bitPattern) }
        }
        if variant.name != "portable" { results.append(y.bits) }
      }
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }
}
