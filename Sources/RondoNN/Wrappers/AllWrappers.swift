import RondoRecurrence

/// A wrapper with its number, for those who choose wrappers at run time. A new wrapper is a file in this folder and a case here; checks visit
/// all of `samples`.
public enum WrapperChoice: Hashable, Sendable {
  case weightNorm
  case dropConnect(Double)
  case variationalDropout(Double)
  case layerNorm
  case zoneout(Double)
  case residual

  /// The cell with this wrapper around it.
  public func callAsFunction(_ cell: any Cell) -> any Cell {
    func wrap(_ cell: some Cell) -> any Cell {
      switch self {
      case .weightNorm: cell.weightNormalized()
      case .dropConnect(let probability): cell.dropConnect(probability)
      case .variationalDropout(let probability): cell.variationalDropout(probability)
      case .layerNorm: cell.normalized()
      case .zoneout(let probability): cell.zoneout(probability)
      case .residual: cell.residual()
      }
    }
    return wrap(cell)
  }

  /// Each wrapper, and all that fit every input in one.
  public static let samples: [(name: String, wrappers: [WrapperChoice])] = [
    ("weight-norm", [.weightNorm]), ("drop-connect", [.dropConnect(0.4)]),
    ("variational-dropout", [.variationalDropout(0.4)]), ("layer-norm", [.layerNorm]),
    ("zoneout", [.zoneout(0.3)]), ("residual", [.residual]),
    ("zoneout-residual", [.zoneout(0.2), .residual]),
    ("all-wrappers", [.weightNorm, .dropConnect(0.4), .variationalDropout(0.3), .layerNorm, .zoneout(0.2)]),
    (
      "all-wrappers-reversed",
      [.zoneout(0.2), .layerNorm, .variationalDropout(0.3), .dropConnect(0.4), .weightNorm]
    ),
  ]

  /// The samples around a cell of a few units, each with the width of an input that fits: this one, or for `residual` that of the output. A
  /// sample that fits no input, since the output widens with it, is left out.
  public static func samples(
    inputSize: Int, around make: (_ hiddenSize: Int) -> any Cell
  ) -> [(name: String, cell: any Cell, inputSize: Int)] {
    samples.compactMap { name, wrappers in
      // Two or three columns that are normalised keep little but their signs, so there the narrowest product has to be wide.
      let cell = make(wrappers.contains(.layerNorm) ? 13 : 5)
      var width = inputSize
      if wrappers.contains(.residual) {
        width = trace(cell, inputSize: inputSize).outputSize
        guard trace(cell, inputSize: width).outputSize == width else { return nil }
      }
      return (name, cell.wrapped(in: wrappers), width)
    }
  }
}

extension Cell {
  /// This cell with wrappers around it, the first one innermost.
  public func wrapped(in wrappers: [WrapperChoice]) -> any Cell {
    wrappers.reduce(self as any Cell) { $1($0) }
  }
}
