import RondoCore
import Testing

/// Results and gradients have the same bits with any number of threads.
struct ThreadIndependenceTests {
  struct Case: Sendable, CustomStringConvertible {
    let description: String
    let shapes: [[Int]]
    let operation: @Sendable ([Variable]) -> Variable

    init(_ description: String, _ shapes: [[Int]], _ operation: @escaping @Sendable ([Variable]) -> Variable)
    {
      self.description = description
      self.shapes = shapes
      self.operation = operation
    }

    /// The result and the gradients of all inputs.
    func run(threads: Int) -> [Tensor?] {
      Parallel.withThreads(threads) {
        let tape = Tape(ParameterStore([]), training: true)
        let inputs = shapes.enumerated().map {
          tape.leaf(OperationCheck.uniform($1, stream: UInt64($0), in: 0.1, 1))
        }
        let result = operation(inputs)
        let loss = result.value.count == 1 ? result : sum(result * result)
        let gradients = tape.backward(from: loss)
        return [result.value, loss.value] + inputs.map { gradients[$0] }
      }
    }
  }

  static let targets = (0..<301).map { Int32($0 * 13 % 1003) - 1 }

  static let counts = Tensor([1003, 7], (0..<7021).map { Float($0 * 13 % 31) })

  static let cases: [Case] = [
    Case("linear, many columns", [[67, 131], [1003, 131], [1003]]) { linear($0[0], $0[1], bias: $0[2]) },
    Case("linear, many rows", [[701, 131], [67, 131], [67]]) { linear($0[0], $0[1], bias: $0[2]) },
    Case("matmul", [[203, 301], [301, 97]]) { matmul($0[0], $0[1]) },
    Case("crossEntropy", [[301, 1003]]) { crossEntropy($0[0], targets) },
    Case("linearCrossEntropy", [[301, 131], [1003, 131], [1003]]) {
      linearCrossEntropy($0[0], $0[1], bias: $0[2], targets: targets)
    },
    Case("linearCrossEntropy, several blocks", [[301, 7], [20_011, 7]]) {
      linearCrossEntropy($0[0], $0[1], targets: targets)
    },
    Case("softmax", [[301, 1003]]) { softmax($0[0]) },
    Case("logSoftmax", [[301, 1003]]) { logSoftmax($0[0]) },
    Case("gatherRows", [[997, 301]]) { gatherRows($0[0], (0..<1001).map { Int32($0 * $0 % 997) }) },
    Case("dropout", [[301, 1003]]) { dropout($0[0], probability: 0.4, stream: 1) },
    Case("concatenate", [[301, 501], [301, 702]]) { concatenate($0) },
    Case("slice", [[301, 1003]]) { slice($0[0], 3..<500) },
    Case("pointwise", [[301, 1003], [1003]]) { tanh($0[0] * $0[1]) / sigmoid($0[0] - $0[1]) },
    Case("mean", [[301, 1003]]) { mean($0[0]) },
    Case("meanSquaredError", [[301, 1003], [301, 1003]]) { meanSquaredError($0[0], $0[1]) },
    Case("gaussianLikelihood", [[1003, 14]]) { gaussianLikelihood($0[0], counts) },
    Case("studentTLikelihood", [[1003, 21]]) { studentTLikelihood($0[0], counts) },
    Case("negativeBinomialLikelihood", [[1003, 14]]) { negativeBinomialLikelihood($0[0], counts) },
  ]

  @Test func bitsAreEqual() async {
    // In a process of its own, so that no other test's loop makes these serial.
    await #expect(processExitsWith: .success) {
      for test in ThreadIndependenceTests.cases {
        let one = test.run(threads: 1)
        #expect(one.allSatisfy { $0 != nil }, "\(test)")
        for threads in [2, 3] { #expect(test.run(threads: threads) == one, "\(test), \(threads) threads") }
      }
    }
  }
}
