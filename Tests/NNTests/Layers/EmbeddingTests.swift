import RondoCore
import RondoNN
import Testing

struct EmbeddingTests {
  @Test func symbolsBecomeRows() {
    let builder = Builder(seed: 1)
    let layer = Embedding(builder / "encoder", count: 5, width: 3)
    let store = builder.finish()
    #expect(store.parameters.map(\.name) == ["encoder.weight"])
    let table = store[layer.weight].values
    let rows = layer(Tape(store, training: false), [4, 0, 4]).value
    #expect(rows == Tensor([3, 3], Array(table[12..<15] + table[0..<3] + table[12..<15])))
  }

  @Test func aTiedOutputLayerSharesTheTable() {
    let builder = Builder(seed: 1)
    let embedding = Embedding(builder / "encoder", count: 5, width: 3)
    let output = Linear(builder / "decoder", tiedTo: embedding)
    let store = builder.finish()
    #expect(store.parameters.map(\.name) == ["encoder.weight", "decoder.bias"])
    #expect(output.weight == embedding.weight)
    /// The gradient of the table, with the embedding or the output layer reading a copy instead.
    func gradient(embedding usesTable: Bool, output sharesTable: Bool) -> [Float] {
      let tape = Tape(store, training: true)
      let copy = tape.constant(store[embedding.weight])
      let table = tape.parameter(embedding.weight)
      let x = gatherRows(usesTable ? table : copy, [1, 3])
      let y = sharesTable ? output(x) : linear(x, copy, bias: tape.parameter(output.bias!))
      return tape.backward(from: sum(y * y))[embedding.weight].values
    }
    let both = gradient(embedding: true, output: true)
    let parts = zip(gradient(embedding: true, output: false), gradient(embedding: false, output: true))
    for (sum, (a, b)) in zip(both, parts) { #expect(abs(sum - (a + b)) < 1e-5) }
    #expect(both.contains { abs($0) > 0.1 })
  }

  @Test func unknownSymbolsTrap() async {
    await #expect(processExitsWith: .failure) {
      let builder = Builder(seed: 1)
      let layer = Embedding(builder, count: 5, width: 3)
      _ = layer(Tape(builder.finish(), training: false), [5])
    }
    await #expect(processExitsWith: .failure) {
      let builder = Builder(seed: 1)
      let layer = Embedding(builder, count: 5, width: 3)
      _ = layer(Tape(builder.finish(), training: false), [-1])
    }
  }
}
