/// Names, shapes, initialises and registers the parameters of a model while its layers are made, so that none
/// can be forgotten.
///
///     let builder = Builder(seed: 1)
///     let output = Linear(builder / "output", inputSize: 64, outputSize: 10)
///     let store = builder.finish()
///
/// Initial values are a pure function of (seed, dotted name, element): adding a layer does not change the
/// others'.
public final class Builder {
  /// The dotted name that everything made with this builder begins with; empty at the root.
  public let path: String
  private let root: Root

  private final class Root {
    let source: RandomSource
    var layout: [(name: String, shape: [Int])] = []
    var initializers: [Initializer] = []
    var names: Set<String> = []
    var override: Initializer?

    init(seed: UInt64) { source = RandomSource(seed: seed) }
  }

  /// The root of a model. Initial values follow from the seed.
  public init(seed: UInt64) {
    path = ""
    root = Root(seed: seed)
  }

  private init(path: String, root: Root) {
    self.path = path
    self.root = root
  }

  /// Used for every parameter that is made from now on, except where its initialiser is constant or fixed.
  public var initializerOverride: Initializer? {
    get { root.override }
    set { root.override = newValue }
  }

  /// A builder for the part of the model of this name.
  public static func / (builder: Builder, name: String) -> Builder {
    Builder(path: builder.qualified(name), root: builder.root)
  }

  /// The dotted name of a parameter or part of this builder.
  public func qualified(_ name: String) -> String {
    require(!name.isEmpty, "Builder: an empty name in \(path.isEmpty ? "the root" : path)")
    return path.isEmpty ? name : path + "." + name
  }

  /// Registers a parameter. Traps if its name is taken: a parameter that two layers share is made once and
  /// handed to both.
  public func parameter(_ name: String, _ shape: [Int], _ initializer: Initializer) -> Parameter {
    let name = qualified(name)
    require(
      shape.allSatisfy { $0 > 0 }, "Builder: parameter \(name) has the shape \(shape); sizes are positive")
    require(root.names.insert(name).inserted, "Builder: there is a parameter \(name) already")
    root.layout.append((name, shape))
    root.initializers.append(
      root.override.map { initializer.overridden(by: $0, shape: shape) } ?? initializer)
    return Parameter(index: root.layout.count - 1, shape: shape)
  }

  /// The names and shapes of all parameters made so far: what `finish` will allocate.
  package var shapes: [(name: String, shape: [Int])] { root.layout }

  /// The store of all parameters made so far, with their initial values.
  public func finish() -> ParameterStore {
    var store = ParameterStore(root.layout)
    let parameters = store.parameters
    store.withUnsafeMutableValues { values in
      for (parameter, initializer) in zip(parameters, root.initializers) {
        initializer.fill(
          UnsafeMutableBufferPointer(rebasing: values[parameter.range]), shape: parameter.shape,
          source: root.source, stream: RandomSource.stream(parameter.name))
      }
    }
    return store
  }
}
