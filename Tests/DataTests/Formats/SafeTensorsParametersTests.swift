import RondoCore
import RondoData
import RondoTestSupport
import Testing

@Suite struct SafeTensorsParametersTests {
  let folder = TemporaryFolder()

  private func store(seed: UInt64, hiddenSize: Int = 3) -> ParameterStore {
    let builder = Builder(seed: seed)
    _ = (builder / "rnn").parameter("weight_ih_l0", [4 * hiddenSize, 2], .uniform(0.5))
    _ = (builder / "output").parameter("bias", [5], .uniform(0.5))
    return builder.finish()
  }

  @Test func storesRoundTrip() throws {
    let path = folder("model.safetensors")
    let written = store(seed: 1)
    try written.write(toSafeTensors: path)
    var read = store(seed: 2)
    #expect(read != written)
    try read.replaceAll(from: SafeTensors(contentsOf: path))
    #expect(read == written)
    #expect(try SafeTensors(contentsOf: path).metadata.isEmpty)
  }

  @Test func anotherModelsFileIsRefused() throws {
    let path = folder("model.safetensors")
    try store(seed: 1, hiddenSize: 4).write(toSafeTensors: path)
    let untouched = store(seed: 2)
    var store = untouched
    let error = #expect(throws: FormatError.self) {
      try store.replaceAll(from: SafeTensors(contentsOf: path))
    }
    #expect(error?.expected == #"tensor "rnn.weight_ih_l0" of shape [12, 2]"#)
    #expect(error?.found == "shape [16, 2]")

    let tensors = untouched.parameters.map { ($0.name, untouched[$0.name]!) }
    try SafeTensors.write(Array(tensors.dropLast()), to: path)
    let missing = #expect(throws: FormatError.self) {
      try store.replaceAll(from: SafeTensors(contentsOf: path))
    }
    #expect(
      missing?.description
        == "\(path): expected a tensor \"output.bias\" of shape [5], found none of this name. "
        + "The file has \(tensors.dropLast().map(\.0).joined(separator: ", ")).")
    try SafeTensors.write(tensors + [("extra", Tensor([1], [1]))], to: path)
    let extra = #expect(throws: FormatError.self) {
      try store.replaceAll(from: SafeTensors(contentsOf: path))
    }
    #expect(extra?.found == #"another tensor, "extra" of shape [1]"#)
    #expect(store == untouched)
  }
}
