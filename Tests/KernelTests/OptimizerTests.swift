import CRondoKernels
import Testing

@Suite struct OptimizerTests {
  private static let lengths = [1, 16, 17, 100]

  private func expectClose(_ result: Floats, _ exact: [Double], _ comment: Comment) {
    for (result, exact) in zip(result.values, exact) {
      #expect(abs(Double(result) - exact) <= 4e-7 * max(1, abs(exact)), comment)
    }
    #expect(result.guardsIntact)
  }

  struct Descent: Sendable {
    var momentum: Float = 0, nesterov = false, decay: Float = 0
  }

  @Test(arguments: [
    Descent(), Descent(decay: 0.1), Descent(momentum: 0.9), Descent(momentum: 0.9, decay: 0.1),
    Descent(momentum: 0.9, nesterov: true), Descent(momentum: 0.9, nesterov: true, decay: 0.1),
  ])
  func sgd(_ descent: Descent) {
    for n in Self.lengths {
      var bits: [[UInt32]] = []
      for variant in Variant.all {
        let w = Floats(random: n, seed: 71)
        let v = Floats(zeros: n)
        var exactW = w.values.map(Double.init)
        var exactV = [Double](repeating: 0, count: n)
        for step in 0..<3 {
          let g = Floats(random: n, seed: 72 + UInt64(step))
          for i in 0..<n {
            let g = Double(g[i]) + Double(descent.decay) * exactW[i]
            exactV[i] = Double(descent.momentum) * exactV[i] + g
            exactW[i] -=
              Double(Float(0.1)) * (descent.nesterov ? g + Double(descent.momentum) * exactV[i] : exactV[i])
          }
          variant.kernels.sgd(
            n, w.pointer, g.pointer, descent.momentum == 0 ? nil : v.pointer, 0.1, descent.momentum,
            descent.nesterov ? 1 : 0, descent.decay)
        }
        expectClose(w, exactW, "\(n) weights, \(variant.name)")
        if descent.momentum != 0 { expectClose(v, exactV, "\(n) velocities, \(variant.name)") }
        if variant.name != "portable" { bits.append(w.bits + v.bits) }
      }
      #expect(bits.allSatisfy { $0 == bits[0] })
    }
  }

  @Test(arguments: [Float(0), 0.1], [Float(0), 0.9])
  func rmsprop(decay: Float, momentum: Float) {
    let (rate, beta, epsilon): (Float, Float, Float) = (0.01, 0.9, 1e-4)
    for n in Self.lengths {
      var bits: [[UInt32]] = []
      for variant in Variant.all {
        let w = Floats(random: n, seed: 81)
        let square = Floats(zeros: n)
        let v = Floats(zeros: n)
        var exactW = w.values.map(Double.init)
        var exactSquare = [Double](repeating: 0, count: n)
        var exactV = exactSquare
        for step in 0..<3 {
          let g = Floats(random: n, seed: 82 + UInt64(step))
          for i in 0..<n {
            let g = Double(g[i]) + Double(decay) * exactW[i]
            exactSquare[i] = Double(beta) * exactSquare[i] + (1 - Double(beta)) * g * g
            exactV[i] = Double(momentum) * exactV[i] + g / (exactSquare[i].squareRoot() + Double(epsilon))
            exactW[i] -= Double(rate) * exactV[i]
          }
          variant.kernels.rmsprop(
            n, w.pointer, g.pointer, square.pointer, momentum == 0 ? nil : v.pointer, rate, beta, momentum,
            epsilon, decay)
        }
        expectClose(w, exactW, "\(n) weights, \(variant.name)")
        expectClose(square, exactSquare, "\(n) squares, \(variant.name)")
        if variant.name != "portable" { bits.append(w.bits + square.bits + v.bits) }
      }
      #expect(bits.allSatisfy { $0 == bits[0] })
    }
  }

  @Test func average() {
    for n in Self.lengths {
      var bits: [[UInt32]] = []
      for variant in Variant.all {
        let mean = Floats(random: n, seed: 91)
        let w = Floats(random: n, seed: 92)
        let exact = zip(mean.values, w.values).map { Double($0) + 0.25 * (Double($1) - Double($0)) }
        variant.kernels.average(n, mean.pointer, w.pointer, 0.25)
        expectClose(mean, exact, "\(n) means, \(variant.name)")
        if variant.name != "portable" { bits.append(mean.bits) }
      }
      #expect(bits.allSatisfy { $0 == bits[0] })
    }
  }

  @Test(arguments: [Float(0), 0.1], [false, true])
  func adam(decay: Float, decoupled: Bool) {
    let (rate, beta1, beta2, epsilon): (Float, Float, Float, Float) = (0.01, 0.9, 0.999, 1e-8)
    for n in Self.lengths {
      var bits: [[UInt32]] = []
      for variant in Variant.all {
        let w = Floats(random: n, seed: 75)
        let m = Floats(zeros: n)
        let v = Floats(zeros: n)
        var exactW = w.values.map(Double.init)
        var exactM = [Double](repeating: 0, count: n)
        var exactV = exactM
        var (power1, power2) = (1.0, 1.0)
        for step in 0..<3 {
          power1 *= Double(beta1)
          power2 *= Double(beta2)
          let g = Floats(random: n, seed: 76 + UInt64(step))
          for i in 0..<n {
            if decoupled { exactW[i] -= Double(rate) * Double(decay) * exactW[i] }
            let g = Double(g[i]) + (decoupled ? 0 : Double(decay) * exactW[i])
            exactM[i] = Double(beta1) * exactM[i] + (1 - Double(beta1)) * g
            exactV[i] = Double(beta2) * exactV[i] + (1 - Double(beta2)) * g * g
            let deviation = (exactV[i] / (1 - power2)).squareRoot()
            exactW[i] -= Double(rate) * (exactM[i] / (1 - power1)) / (deviation + Double(epsilon))
          }
          variant.kernels.adam(
            n, w.pointer, g.pointer, m.pointer, v.pointer, rate, beta1, beta2, epsilon,
            Float(1 / (1 - power1)),
            Float(1 / (1 - power2)), decay, decoupled ? 1 : 0)
        }
        expectClose(w, exactW, "\(n) weights, \(variant.name)")
        expectClose(m, exactM, "\(n) first moments, \(variant.name)")
        expectClose(v, exactV, "\(n) second moments, \(variant.name)")
        if variant.name != "portable" { bits.append(w.bits + m.bits + v.bits) }
      }
      #expect(bits.allSatisfy { $0 == bits[0] })
    }
  }
}
