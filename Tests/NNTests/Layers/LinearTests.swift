import RondoCore
import RondoNN
import Testing

struct LinearTests {
  @Test func parametersHavePyTorchsNamesAndBounds() {
    let builder = Builder(seed: 1)
    let layer = Linear(builder / "decoder", inputSize: 25, outputSize: 7)
    let store = builder.finish()
    #expect(store.parameters.map(\.name) == ["decoder.weight", "decoder.bias"])
    #expect(store.parameters.map(\.shape) == [[7, 25], [7]])
    #expect(store.values.values.allSatisfy { abs($0) <= 0.2 })
    #expect(store[layer.weight].values.contains { abs($0) > 0.15 })
  }

  @Test func itIsTheLinearMapOfItsParameters() throws {
    let builder = Builder(seed: 1)
    let layer = Linear(builder, inputSize: 2, outputSize: 3)
    var store = builder.finish()
    try store.replaceAll(["weight": Tensor([3, 2], [1, 2, 3, 4, 5, 6]), "bias": Tensor([3], [0.5, 0, -1])])
    let tape = Tape(store, training: false)
    let y = layer(tape.constant(Tensor([2, 2], [1, 1, 1, -1])))
    #expect(y.value == Tensor([2, 3], [3.5, 7, 10, -0.5, -1, -2]))
    #expect(layer([1, -1], store) == [-0.5, -1, -2])
    let bare = Builder(seed: 1)
    #expect(Linear(bare, inputSize: 2, outputSize: 3, hasBias: false).bias == nil)
    #expect(bare.finish().parameters.map(\.name) == ["weight"])
  }

  @Test func crossEntropyIsThatOfItsOutputs() {
    let builder = Builder(seed: 1)
    let layer = Linear(builder, inputSize: 5, outputSize: 11)
    let store = builder.finish()
    let x = OperationCheck.uniform([7, 5], stream: 1)
    func gradients(_ loss: (Variable) -> Variable) -> (Float, Tensor) {
      let tape = Tape(store, training: true)
      let result = loss(tape.constant(x))
      return (result.value.scalar, tape.backward(from: result).values)
    }
    let targets: [Int32] = [0, 10, -1, 3, 3, 5, 1]
    let fused = gradients { layer.crossEntropy($0, targets) }
    let parts = gradients { crossEntropy(layer($0), targets) }
    #expect(fused == parts)
    #expect(layer.weight.index == 0)
  }
}
