import RondoCore
import Testing

struct ParameterStoreTests {
  private let first: Parameter
  private let second: Parameter
  private let store: ParameterStore

  init() {
    let builder = Builder(seed: 1)
    first = builder.parameter("first", [3, 5], .constant(1))
    second = (builder / "part").parameter("second", [7], .constant(2))
    store = builder.finish()
  }

  @Test func parametersLieInOneBuffer() {
    #expect(store.parameters.map(\.range) == [0..<15, 16..<23])
    #expect(store.count == 22)
    #expect(
      store.values.values == Array(repeating: 1, count: 15) + [0] + Array(repeating: 2, count: 7)
        + Array(repeating: 0, count: 9))
    #expect(store[second] == Tensor(repeating: 2, [7]))
    #expect(store["part.second"] == store[second])
    #expect(store["third"] == nil)
    #expect(store.parameter(named: "first") == first)
    #expect(store[first].pointer == store.values.pointer)
  }

  @Test func replacingChangesOneParameter() throws {
    var changed = store
    try changed.replace("part.second", Tensor(repeating: 9, [7]))
    #expect(changed[second] == Tensor(repeating: 9, [7]))
    #expect(changed[first] == store[first])
    #expect(store[second] == Tensor(repeating: 2, [7]))
  }

  @Test func replacingNamesWhatIsWrong() {
    var changed = store
    #expect(throws: ParameterError.shape(name: "first", expected: [3, 5], found: [5, 3])) {
      try changed.replace("first", Tensor(zeros: [5, 3]))
    }
    #expect(throws: ParameterError.unknownName("frist", known: ["first", "part.second"])) {
      try changed.replace("frist", Tensor(zeros: [3, 5]))
    }
    #expect(throws: ParameterError.missing("part.second")) {
      try changed.replaceAll(["first": Tensor(zeros: [3, 5])])
    }
    #expect(throws: ParameterError.unknownName("third", known: ["first", "part.second"])) {
      try changed.replaceAll([
        "first": Tensor(zeros: [3, 5]), "part.second": Tensor(zeros: [7]), "third": Tensor(0),
      ])
    }
    #expect(changed == store)
    #expect(
      "\(ParameterError.shape(name: "first", expected: [3, 5], found: [5, 3]))"
        == "the parameter first has the shape [5, 3] where the model expects [3, 5]")
  }

  @Test func replaceAllTakesEveryParameter() throws {
    var changed = store
    try changed.replaceAll(["first": Tensor(repeating: 4, [3, 5]), "part.second": Tensor(repeating: 5, [7])])
    #expect(changed[first] == Tensor(repeating: 4, [3, 5]))
    #expect(changed[second] == Tensor(repeating: 5, [7]))
  }

  @Test func fingerprintsAreThoseOfTheLayout() throws {
    var changed = store
    try changed.replace("first", Tensor(zeros: [3, 5]))
    #expect(changed.fingerprint == store.fingerprint)
    func fingerprint(_ name: String, _ shape: [Int]) -> UInt64 {
      let builder = Builder(seed: 1)
      _ = builder.parameter(name, shape, .constant(0))
      return builder.finish().fingerprint
    }
    #expect(fingerprint("a", [2, 3]) != fingerprint("a", [3, 2]))
    #expect(fingerprint("a", [2, 3]) != fingerprint("b", [2, 3]))
    #expect(fingerprint("a", [2, 3]) == fingerprint("a", [2, 3]))
  }

  @Test func frozenParametersGetNoGradient() {
    var frozen = store
    frozen.setFrozen(true) { $0.name.hasPrefix("part.") }
    #expect(frozen.parameters.map(\.isFrozen) == [false, true])
    let tape = Tape(frozen, training: true)
    let loss = sum(tape.parameter(first)) + sum(tape.parameter(second))
    let gradients = tape.backward(from: loss)
    #expect(gradients[first] == Tensor(repeating: 1, [3, 5]))
    #expect(gradients[second] == Tensor(zeros: [7]))
  }

  @Test func aParameterOfAnotherStoreTraps() async {
    await #expect(processExitsWith: .failure) {
      let builder = Builder(seed: 1)
      let parameter = builder.parameter("w", [2], .constant(0))
      let other = Builder(seed: 1)
      _ = other.parameter("w", [3], .constant(0))
      _ = other.finish()[parameter]
    }
  }
}
