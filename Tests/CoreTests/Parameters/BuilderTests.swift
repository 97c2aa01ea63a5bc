import RondoCore
import Testing

struct BuilderTests {
  @Test func namesAreDotted() {
    let builder = Builder(seed: 1)
    _ = builder.parameter("scale", [1], .constant(1))
    _ = (builder / "encoder" / "rnn").parameter("weight_ih_l0", [4, 3], .uniform(1))
    #expect(builder.finish().parameters.map(\.name) == ["scale", "encoder.rnn.weight_ih_l0"])
    #expect((builder / "encoder").qualified("rnn") == "encoder.rnn")
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) {
      let builder = Builder(seed: 1)
      _ = (builder / "a").parameter("w", [2], .constant(0))
      _ = builder.parameter("a.w", [2], .constant(0))
    }
    await #expect(processExitsWith: .failure) {
      _ = Builder(seed: 1).parameter("w", [2, 0], .constant(0))
    }
    await #expect(processExitsWith: .failure) { _ = Builder(seed: 1) / "" }
  }
}
