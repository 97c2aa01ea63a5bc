import RondoCore
import RondoRecurrence

/// The linear recurrent unit: a diagonal linear recurrence of complex numbers.
///
///     λ = exp(−exp(ν) + i exp(θ)), γ = √(1 − |λ|²)
///     s = λ · s' + γ · (B x)
///     y = Re(C s) + D x
///
/// Complex numbers are pairs: s is `re` and `im`, B is `weight_re` and `weight_im` [hiddenSize, inputSize], C is `weight_out` [hiddenSize,
/// 2·hiddenSize], D is `weight_skip` [hiddenSize, inputSize]; ν and θ are the vectors `nu` and `theta` [hiddenSize], so drawn that |λ| begins
/// between 0.9 and 0.999.
///
/// Source: Orvieto et al., Resurrecting recurrent neural networks for long sequences, 2023, arXiv 2303.06349.
public struct LRU: Cell {
  /// The width of the states, each a half of the complex one, and of the output.
  public let hiddenSize: Int

  /// The cell.
  public init(hiddenSize: Int) { self.hiddenSize = hiddenSize }

  public var states: StateShapes { ["re": hiddenSize, "im": hiddenSize] }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let size = exp(-exp(w.vector("nu", hiddenSize, initial: .between(-6.9, -2.25)))).named("size")
    let angle = exp(w.vector("theta", hiddenSize, initial: .between(-6, -1.16))).named("angle")
    let (a, b) = ((size * cos(angle)).named("a"), (size * sin(angle)).named("b"))
    // Where the size is 1 the root would have an infinite slope.
    let gain = sqrt(max(1 - size * size, 1e-6)).named("gain")
    let (re, im) = (s.re, s.im)
    s.re = a * re - b * im + gain * w.linear("re", x, hiddenSize, bias: false)
    s.im = a * im + b * re + gain * w.linear("im", x, hiddenSize, bias: false)
    return
      (w.linear("out", concatenate(s.re, s.im), hiddenSize, bias: false)
      + w.linear("skip", x, hiddenSize, bias: false)).named("y")
  }
}

extension LRU: RegisteredCell {
  public static var entries: [CellEntry] {
    [
      CellEntry(
        name: "lru", summary: "linear recurrent unit: a diagonal linear recurrence of complex numbers",
        paper: "Orvieto et al. 2023, arXiv 2303.06349"
      ) { hiddenSize, _ in LRU(hiddenSize: hiddenSize) }
    ]
  }
}
