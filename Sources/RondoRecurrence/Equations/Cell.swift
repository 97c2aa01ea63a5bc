import RondoCore

/// A recurrent cell: its states, and one time step of its equations.
///
/// Everything else (whole sequences, backpropagation through time, ragged batches, both directions, stacks, single steps) comes from `step`.
/// A cell is an immutable value; what it remembers lives in its states, and its parameters in a `ParameterStore`.
///
/// ```swift
/// struct LSTM: Cell {
///   let hiddenSize: Int
///   var states: StateShapes { ["h": hiddenSize, "c": hiddenSize] }
///
///   func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
///     let z = w.linear("ih", x, 4 * hiddenSize) + w.linear("hh", s.h, 4 * hiddenSize)
///     let (i, f, g, o) = z.split("i", "f", "g", "o")
///     s.c = sigmoid(f) * s.c + sigmoid(i) * tanh(g)
///     s.h = sigmoid(o) * tanh(s.c)
///     return s.h
///   }
/// }
/// ```
public protocol Cell: Sendable {
  /// The names and widths of the states, in order; the first one's width scales the initial weights.
  var states: StateShapes { get }

  /// The same for inputs of this width: for cells with a state as wide as the input. The others leave it out.
  func states(inputSize: Int) -> StateShapes

  /// One time step: reads the input and the previous states, assigns the new states, and returns the output.
  ///
  /// It is called once, with symbols, when a `Recurrence` is built.
  func step(_ x: Term, _ states: inout States, _ weights: Weights) -> Term
}

extension Cell {
  public func states(inputSize: Int) -> StateShapes { states }
}

/// The value of a state before the first step, where a run is not given another one.
public enum StateStart: Hashable, Sendable {
  /// The same number in all columns.
  case number(Double)
  /// A parameter [1, width] with the name `initial_STATE`, the same for all sequences; without an initialiser it begins as others do.
  case parameter(Initializer?)
}

/// The name, the width and the start of a state.
public struct StateShape: Hashable, Sendable {
  /// What the equations call it: `s.h` is the state "h".
  public let name: String
  /// The number of columns.
  public let width: Int
  /// Its value before the first step.
  public let start: StateStart

  /// A state of this name and width.
  public init(name: String, width: Int, start: StateStart = .number(0)) {
    self.name = name
    self.width = width
    self.start = start
  }
}

/// The states that a cell declares, in order, written as a dictionary: `["h": 256, "c": 256]`.
///
/// They are zero before the first step unless told otherwise: `(["h": 256, "m": 256] as StateShapes).starting("m", at: -.infinity)`.
public struct StateShapes: ExpressibleByDictionaryLiteral, Sendable {
  /// The states in the order of their declaration.
  public let shapes: [StateShape]

  public init(dictionaryLiteral elements: (String, Int)...) {
    self.init(elements.map { StateShape(name: $0.0, width: $0.1) })
  }

  /// States in this order. Traps if there is none, if a width is not positive, or if two have one name.
  public init(_ shapes: [StateShape]) {
    require(!shapes.isEmpty, "StateShapes: a cell without a state is not recurrent")
    for shape in shapes {
      require(shape.width > 0, "StateShapes: state \(shape.name) has width \(shape.width)")
      require(
        shapes.filter { $0.name == shape.name }.count == 1, "StateShapes: two states named \(shape.name)")
    }
    self.shapes = shapes
  }

  /// The same states, the one of this name being this number before the first step. Traps if there is none.
  public func starting(_ name: String, at number: Double) -> StateShapes {
    starting(name, .number(number))
  }

  /// The same states, the one of this name being a parameter before the first step. Traps if there is none.
  ///
  /// - Parameter initial: Of the parameter; without it, as that of other parameters.
  public func startingAtParameter(_ name: String, initial: Initializer? = nil) -> StateShapes {
    starting(name, .parameter(initial))
  }

  private func starting(_ name: String, _ start: StateStart) -> StateShapes {
    require(
      shapes.contains { $0.name == name },
      "StateShapes: no state named \(name) in [\(shapes.map(\.name).joined(separator: ", "))]")
    return StateShapes(
      shapes.map { StateShape(name: $0.name, width: $0.width, start: $0.name == name ? start : $0.start) })
  }
}

/// The states while a step is traced: reading gives the newest value, assigning makes a new one and names it.
///
/// A state that is read after it was assigned is the new one; take `let old = s.h` first where the previous value is meant.
@dynamicMemberLookup
public struct States {
  let shapes: [StateShape]
  let tracer: Tracer
  var current: [Term]

  /// The state of this name: `s.h`. Traps if the cell declares none, and on assigning another width.
  public subscript(dynamicMember name: String) -> Term {
    get { self[name] }
    set { self[name] = newValue }
  }

  /// Calls a cell with some of the states as its own: those whose names are its names followed by `suffix`.
  public mutating func step(
    _ cell: some Cell, suffix: String, _ x: Term, _ weights: Weights
  ) -> Term {
    let own = cell.states(inputSize: x.width).shapes
    var inner = States(shapes: own, tracer: tracer, current: own.map { self[$0.name + suffix] })
    let output = cell.step(x, &inner, weights)
    for shape in own { self[shape.name + suffix] = inner[shape.name] }
    return output
  }

  /// The names of the states, in order.
  public var names: [String] { shapes.map(\.name) }

  /// What a state is before the first step.
  package func start(of name: String) -> StateStart { shapes[index(name)].start }

  /// The same by a name computed at run time.
  public subscript(name: String) -> Term {
    get { current[index(name)] }
    set {
      let position = index(name)
      require(
        newValue.width == shapes[position].width,
        "state \(name) has width \(shapes[position].width), the value assigned has \(newValue.width)")
      require(
        newValue.domain.memory == nil,
        "state \(name): \(tracer.graph.describe(newValue.node)) has a row for each slot of a memory; sumOverMemory makes one of them"
      )
      // A leaf or a slice keeps the name it has: the state's new value will be a copy of it. So does the value of another state.
      let isState = shapes.contains { $0.name == tracer.graph.names[newValue.node] }
      current[position] = newValue.isComputed && !isState ? newValue.named(name) : newValue
    }
  }

  private func index(_ name: String) -> Int {
    guard let index = shapes.firstIndex(where: { $0.name == name }) else {
      fatalError("no state named \(name); this cell declares [\(shapes.map(\.name).joined(separator: ", "))]")
    }
    return index
  }
}
