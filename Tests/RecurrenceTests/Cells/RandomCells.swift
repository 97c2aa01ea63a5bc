import RondoCore
import RondoRecurrence
import RondoTestSupport

/// A cell of random equations: whatever terms can be written must be planned right, not only what papers write.
///
/// Values stay between about −2 and 2, and nothing has a kink, so that difference quotients are accurate.
struct RandomCell: Cell {
  let seed: UInt64
  /// What all widths but the input's are multiples of.
  let unit: Int
  let states: StateShapes
  private static let names = ["a", "b", "c"]

  init(seed: UInt64, unit: Int = 1) {
    self.seed = seed
    self.unit = unit
    var draw = Draw(seed: seed, stream: 1)
    let count = 1 + draw.index(below: 3)
    states = StateShapes(
      Self.names.prefix(count).map { StateShape(name: $0, width: unit * (1 + draw.index(below: 4))) })
  }

  private struct Draw {
    let source: RandomSource
    let stream: UInt64
    var position: UInt64 = 0

    init(seed: UInt64, stream: UInt64) {
      source = RandomSource(seed: seed)
      self.stream = stream
    }

    mutating func index(below bound: Int) -> Int {
      position += 1
      return source.index(below: bound, stream: stream, position: position)
    }

    mutating func pick<T>(_ values: [T]) -> T { values[index(below: values.count)] }
  }

  func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    var draw = Draw(seed: seed, stream: 2)
    var pool = [x] + states.shapes.map { s[$0.name] }
    var parameterCount = 0
    func name(_ kind: String) -> String {
      parameterCount += 1
      return "\(kind)\(parameterCount)"
    }
    /// A pool value of this width, or one made of a pool value.
    func value(width: Int) -> Term {
      let fitting = pool.filter { $0.width == width || $0.width == 1 }
      if !fitting.isEmpty, draw.index(below: 3) > 0 { return draw.pick(fitting) }
      let wide = pool.filter { $0.width > width }
      if !wide.isEmpty, draw.index(below: 2) == 0 {
        let source = draw.pick(wide)
        let first = draw.index(below: source.width - width + 1)
        return source[first..<first + width]
      }
      return w.linear(name("w"), draw.pick(pool), width, bias: draw.index(below: 2) == 0)
    }
    func weight(_ outputs: Int, _ inputs: Int) -> Term {
      let weight = w.parameter(name("w"), [outputs, inputs])
      switch draw.index(below: 4) {
      case 0: return weight * sigmoid(w.vector(name("v"), inputs))
      case 1: return weight / sqrt((weight * weight).sum() + 0.5)
      case 2: return tanh(w.parameter(name("w"), [outputs, 1]) * weight)
      default: return weight
      }
    }

    for _ in 0..<6 + draw.index(below: 10) {
      let a = draw.pick(pool)
      let new: Term
      switch draw.index(below: 14) {
      case 0: new = w.linear(name("w"), a, unit * (1 + draw.index(below: 5)), bias: draw.index(below: 2) == 0)
      case 1: new = w.linear(name("w"), a, 3 * unit) + w.linear(name("w"), draw.pick(pool), 3 * unit)
      case 2: new = tanh(a + value(width: a.width))
      case 3: new = tanh(a * value(width: a.width))
      case 4: new = a - value(width: a.width) * 0.5
      case 5: new = draw.pick([tanh, sigmoid, { softplus($0) - 0.5 }, { exp(tanh($0)) / 2 }, { -$0 }])(a)
      case 6: new = a / sqrt(a * a + 1)
      case 7:
        let first = draw.index(below: a.width)
        new = a[first..<first + 1 + draw.index(below: a.width - first)]
      case 8: new = concatenate(a, draw.pick(pool))
      case 9: new = draw.pick([tanh(a.sum()), a.mean(), (a * a).mean()])
      case 10: new = tanh(a + w.vector(name("v"), a.width))
      case 11: new = w.product(a, weight(unit * (1 + draw.index(below: 4)), a.width))
      case 12:
        new = tanh(w.vector(name("v"), 2)[1..<2] * a + w.linear(name("w"), w.vector(name("v"), 2), a.width))
      default:
        let shape = draw.pick(states.shapes)
        let assigned = value(width: shape.width)
        // A value of width 1 has to be repeated.
        s[shape.name] = assigned.width == shape.width ? assigned : assigned + 0.25 * s[shape.name]
        new = s[shape.name]
      }
      // Wide values are cut, so that repeated concatenation stays small.
      pool.append(new.width > 8 * unit ? new[1..<6 * unit] : new)
    }
    return draw.pick(Array(pool.suffix(4)))
  }
}
