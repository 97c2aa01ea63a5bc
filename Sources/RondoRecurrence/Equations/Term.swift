import RondoCore

/// A symbolic row of numbers: what the equations of a cell are written in.
///
/// Operators work elementwise on terms of equal width; a term of width 1 and a number fit every width. Nothing is computed when a step is
/// written: it is traced once to a graph, and every executor runs that.
public struct Term {
  let tracer: Tracer
  let node: NodeID

  /// The number of columns.
  public var width: Int { tracer.graph[node].width }

  /// The number of rows of a parameter, or of what is computed of parameters alone: those of a matrix. 1 for a row of each step.
  public var rowCount: Int { if case .fixed(let rows) = domain { rows } else { 1 } }

  /// Whether both are the same value of the step.
  public func isSame(as other: Term) -> Bool { node == other.node }

  /// Whether it is made of constants and a state's previous value alone: a counter of steps.
  package func isCounter(from previous: Term) -> Bool {
    let graph = tracer.graph
    var (open, seen) = ([node], Set([node]))
    while let id = open.popLast() {
      switch graph[id].operation {
      case .input, .further, .parameter, .mask, .kept: return false
      case .state where id != previous.node: return false
      default: open += graph[id].inputs.filter { seen.insert($0).inserted }
      }
    }
    return true
  }

  var domain: Domain { tracer.graph[node].domain }

  var isComputed: Bool {
    switch tracer.graph[node].operation {
    case .input, .state, .parameter, .constant, .mask, .further, .slice, .broadcast, .kept: false
    default: true
    }
  }

  var hasName: Bool { tracer.graph.names[node] != nil }

  /// Gives this value a name under which it is printed.
  public func named(_ name: String) -> Term {
    tracer.graph.names[node] = name
    return self
  }

  /// The columns of this range, which must not be empty.
  public subscript(columns: Range<Int>) -> Term {
    Term(tracer: tracer, node: tracer.graph.slice(node, columns.lowerBound, columns.count))
  }

  /// The term cut into parts of equal width with these names. The first activation of a part takes over its name.
  public func parts(_ names: [String]) -> [Term] {
    require(
      width % names.count == 0, "split: width \(width) does not divide into \(names.count) parts \(names)")
    let part = width / names.count
    return names.enumerated().map { self[$0.offset * part..<($0.offset + 1) * part].named($0.element + "?") }
  }

  /// Two parts of equal width.
  public func split(_ a: String, _ b: String) -> (Term, Term) {
    let parts = parts([a, b])
    return (parts[0], parts[1])
  }

  /// Three parts of equal width.
  public func split(_ a: String, _ b: String, _ c: String) -> (Term, Term, Term) {
    let parts = parts([a, b, c])
    return (parts[0], parts[1], parts[2])
  }

  /// Four parts of equal width.
  public func split(_ a: String, _ b: String, _ c: String, _ d: String) -> (Term, Term, Term, Term) {
    let parts = parts([a, b, c, d])
    return (parts[0], parts[1], parts[2], parts[3])
  }

  /// The sum over the columns: width 1.
  public func sum() -> Term { Term(tracer: tracer, node: tracer.graph.reduction(.sum, node)) }

  /// The mean over the columns: width 1.
  public func mean() -> Term { sum() / width }

  /// The largest of the columns: width 1. Columns that are equally large share its gradient.
  public func maximum() -> Term { Term(tracer: tracer, node: tracer.graph.reduction(.maximum, node)) }

  /// The sum of each of so many groups of equal width: width `groups`.
  public func sum(groups: Int) -> Term { moved(.groupSum(columns(groups, "sum"))) }

  /// The mean of each of so many groups of equal width: width `groups`.
  public func mean(groups: Int) -> Term { sum(groups: groups) / columns(groups, "mean") }

  /// The largest of each of so many groups of equal width: width `groups`.
  public func maximum(groups: Int) -> Term { moved(.groupMaximum(columns(groups, "maximum"))) }

  /// Each column n times: of (a, b) twice (a, a, b, b).
  public func repeated(_ n: Int) -> Term { moved(.repeated(n)) }

  /// All columns n times: of (a, b) twice (a, b, a, b).
  public func tiled(_ n: Int) -> Term { moved(.tiled(n)) }

  private func moved(_ operation: Operation) -> Term {
    Term(tracer: tracer, node: tracer.graph.movement(operation, node))
  }

  private func columns(_ groups: Int, _ name: String) -> Int {
    require(
      groups > 0 && width % groups == 0, "\(name): width \(width) does not divide into \(groups) groups")
    return width / groups
  }

  fileprivate func unary(_ function: Unary) -> Term {
    let result = tracer.graph.unary(function, node)
    if let name = tracer.graph.names[node], name.hasSuffix("?"), tracer.graph.names[result] == nil {
      tracer.graph.names[result] = String(name.dropLast())
    }
    return Term(tracer: tracer, node: result)
  }

  fileprivate func binary(_ function: Binary, _ other: Term) -> Term {
    let width = max(width, other.width)
    let (a, b) = (tracer.graph.broadcast(node, to: width), tracer.graph.broadcast(other.node, to: width))
    return Term(tracer: tracer, node: tracer.graph.binary(function, a, b))
  }

  fileprivate func number(_ value: some Number) -> Term {
    Term(tracer: tracer, node: tracer.graph.constant(value.rowValue))
  }
}

/// Terms side by side.
public func concatenate(_ terms: Term...) -> Term {
  Term(tracer: terms[0].tracer, node: terms[0].tracer.graph.concatenate(terms.map(\.node)))
}

/// A number that can stand in an equation: `Double`, `Float` or `Int`.
///
/// A protocol of our own, since overloads for each type take the type checker seconds.
public protocol Number {
  /// The number as the graph holds it.
  var rowValue: Double { get }
}

extension Double: Number { public var rowValue: Double { self } }
extension Float: Number { public var rowValue: Double { Double(self) } }
extension Int: Number { public var rowValue: Double { Double(self) } }

extension Term {
  /// The sum, elementwise. Traps unless the widths are equal or one is 1, as all operators of two terms do.
  public static func + (a: Term, b: Term) -> Term { a.binary(.add, b) }
  /// The difference, elementwise.
  public static func - (a: Term, b: Term) -> Term { a.binary(.subtract, b) }
  /// The product, elementwise; products with weights are `Weights.linear` and `Weights.product`.
  public static func * (a: Term, b: Term) -> Term { a.binary(.multiply, b) }
  /// The quotient, elementwise.
  public static func / (a: Term, b: Term) -> Term { a.binary(.divide, b) }
  /// The number is added to every column; the other operators of a term and a number do likewise.
  public static func + (a: Term, b: some Number) -> Term { a + a.number(b) }
  public static func - (a: Term, b: some Number) -> Term { a - a.number(b) }
  public static func * (a: Term, b: some Number) -> Term { a * a.number(b) }
  public static func / (a: Term, b: some Number) -> Term { a / a.number(b) }
  public static func + (a: some Number, b: Term) -> Term { b.number(a) + b }
  public static func - (a: some Number, b: Term) -> Term { b.number(a) - b }
  public static func * (a: some Number, b: Term) -> Term { b.number(a) * b }
  public static func / (a: some Number, b: Term) -> Term { b.number(a) / b }
  /// The negative, elementwise.
  public static prefix func - (a: Term) -> Term { a.unary(.negate) }
  /// 1 where a < b, else 0; its gradient is 0.
  public static func < (a: Term, b: Term) -> Term { a.binary(.less, b) }
  public static func < (a: Term, b: some Number) -> Term { a < a.number(b) }
  public static func < (a: some Number, b: Term) -> Term { b.number(a) < b }
}

/// 1 / (1 + exp(−x))
public func sigmoid(_ x: Term) -> Term { x.unary(.sigmoid) }
/// The hyperbolic tangent.
public func tanh(_ x: Term) -> Term { x.unary(.tanh) }
/// max(x, 0); its gradient at 0 is 0.
public func relu(_ x: Term) -> Term { x.unary(.relu) }
/// e to the power x.
public func exp(_ x: Term) -> Term { x.unary(.exp) }
/// The natural logarithm, elementwise.
public func log(_ x: Term) -> Term { x.unary(.log) }
/// log(1 + exp(x))
public func softplus(_ x: Term) -> Term { x.unary(.softplus) }
/// The square root.
public func sqrt(_ x: Term) -> Term { x.unary(.squareRoot) }
/// The sine of an angle in radians.
public func sin(_ x: Term) -> Term { x.unary(.sin) }
/// The cosine of an angle in radians.
public func cos(_ x: Term) -> Term { x.unary(.cos) }
/// The absolute value.
public func abs(_ x: Term) -> Term { x.unary(.absolute) }
/// The smaller of two terms, elementwise.
public func min(_ a: Term, _ b: Term) -> Term { a.binary(.minimum, b) }
/// The smaller of a term and a number, elementwise.
public func min(_ a: Term, _ b: some Number) -> Term { min(a, a.number(b)) }
/// The larger of two terms, elementwise.
public func max(_ a: Term, _ b: Term) -> Term { a.binary(.maximum, b) }
/// The larger of a term and a number, elementwise.
public func max(_ a: Term, _ b: some Number) -> Term { max(a, a.number(b)) }
/// `a` where the condition is not 0, else the number.
public func select(_ condition: Term, _ a: Term, _ b: some Number) -> Term {
  select(condition, a, a.number(b))
}
/// The number where the condition is not 0, else `b`.
public func select(_ condition: Term, _ a: some Number, _ b: Term) -> Term {
  select(condition, b.number(a), b)
}
/// `a` where the condition is not 0, else `b`, elementwise.
public func select(_ condition: Term, _ a: Term, _ b: Term) -> Term {
  let width = Swift.max(condition.width, a.width, b.width)
  let nodes = [condition, a, b].map { $0.tracer.graph.broadcast($0.node, to: width) }
  return Term(tracer: a.tracer, node: a.tracer.graph.elementwise(.select, nodes))
}
