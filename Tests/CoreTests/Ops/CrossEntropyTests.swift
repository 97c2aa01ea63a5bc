import RondoCore
import Testing

struct CrossEntropyTests {
  @Test func theGradientTakesTheLogitsPlace() {
    let tape = Tape(ParameterStore([]), training: true)
    let x = tape.leaf(OperationCheck.uniform([300, 200], stream: 1))
    func loss() -> (Variable, UnsafePointer<Float>) {
      let logits = x + tape.constant(Tensor(1))
      return (crossEntropy(logits, Array(repeating: 7, count: 300)), logits.value.pointer)
    }
    let (result, place) = loss()
    let gradients = tape.backward(from: result)
    #expect(gradients[x]?.pointer == place)
  }

  @Test func largeLogitsOverflowNothing() {
    let tape = Tape(ParameterStore([]), training: true)
    let x = tape.leaf(Tensor([2, 3], [1e4, 0, -1e4, -1e4, -1e4, -1e4]))
    let loss = crossEntropy(x, [0, 1], .sum)
    #expect(abs(loss.value.scalar - 1.098612) < 1e-5)
    #expect(tape.backward(from: loss)[x]!.values.allSatisfy { $0.isFinite })
  }

  @Test func theFusedLayerEqualsItsParts() {
    let targets = (0..<70).map { Int32($0 * 11 % 130) - 1 }
    func run(_ loss: (Variable, Variable, Variable) -> Variable) -> (Float, [Tensor?]) {
      let tape = Tape(ParameterStore([]), training: true)
      let leaves = [[70, 33], [130, 33], [130]].enumerated().map {
        tape.leaf(OperationCheck.uniform($1, stream: UInt64($0)))
      }
      let result = loss(leaves[0], leaves[1], leaves[2])
      let gradients = tape.backward(from: result)
      return (result.value.scalar, leaves.map { gradients[$0] })
    }
    let fused = run { linearCrossEntropy($0, $1, bias: $2, targets: targets, .perSequence(count: 10)) }
    let parts = run { crossEntropy(linear($0, $1, bias: $2), targets, .perSequence(count: 10)) }
    #expect(fused == parts)
    let blocks = run {
      LinearCrossEntropy.node($0, $1, $2, targets, .perSequence(count: 10), blockRows: 17)
    }
    #expect(blocks == parts)
  }

  @Test func lossesOfRowsDependOnTheirRowOnly() {
    let tape = Tape(ParameterStore([]), training: false)
    let x = OperationCheck.uniform([37, 5], stream: 1)
    let weight = tape.constant(OperationCheck.uniform([70, 5], stream: 2))
    let targets = (0..<37).map { Int32($0 * 3 % 71) - 1 }
    let whole = linearCrossEntropyLosses(tape.constant(x), weight, targets: targets)
    for row in 0..<37 {
      let one = tape.constant(x.view(from: row * 5, [1, 5]))
      #expect(linearCrossEntropyLosses(one, weight, targets: [targets[row]]) == [whole[row]])
    }
    #expect(whole[0] == 0)
    let sum = linearCrossEntropy(tape.constant(x), weight, targets: targets, .sum).value.scalar
    #expect(abs(sum - whole.reduce(0, +)) < 1e-4)
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) {
      let tape = Tape(ParameterStore([]), training: true)
      _ = crossEntropy(tape.leaf(Tensor(zeros: [2, 3])), [0, 3])
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(ParameterStore([]), training: true)
      _ = crossEntropy(tape.leaf(Tensor(zeros: [2, 3])), [0])
    }
    await #expect(processExitsWith: .failure) {
      let tape = Tape(ParameterStore([]), training: true)
      _ = linearCrossEntropy(
        tape.leaf(Tensor(zeros: [2, 3])), tape.leaf(Tensor(zeros: [4, 2])), targets: [0, 1])
    }
  }
}
