import RondoCore
import RondoNN
import Testing

struct DropoutTests {
  @Test func masksBelongToThePlaceInTheModel() {
    let builder = Builder(seed: 1)
    let (a, b) = (
      Dropout(builder / "dropout.0", probability: 0.5), Dropout(builder / "dropout.1", probability: 0.5)
    )
    #expect(a.stream == RandomSource.stream("dropout.0"))
    let layout = SequenceLayout([3, 4])
    let tape = Tape(builder.finish(), training: true, seed: 2)
    let x = tape.leaf(Tensor(repeating: 1, [7, 30]))
    #expect(a(x, layout).value == a(x, layout).value)
    #expect(a(x, layout).value != b(x, layout).value)
    #expect(Set(a(x, layout).value.values) == [0, 2])
  }

  @Test func probabilitiesOutsideTheUnitIntervalTrap() async {
    await #expect(processExitsWith: .failure) { _ = Dropout(Builder(seed: 1), probability: 1) }
    await #expect(processExitsWith: .failure) { _ = Dropout(Builder(seed: 1), probability: -0.1) }
  }
}
