/// How the initial values of a parameter are drawn. The first size of a shape counts outputs, the product of
/// the others inputs.
public indirect enum Initializer: Sendable, Hashable {
  /// Uniform in [−bound, bound).
  case uniform(Float)
  /// Uniform in [from, to).
  case between(Float, Float)
  /// Normal with mean 0 and this standard deviation.
  case normal(Float)
  /// The same value everywhere.
  case constant(Float)
  /// Uniform with the bound √(6 / (inputs + outputs)) (Glorot and Bengio 2010, PMLR 9:249–256).
  case xavierUniform
  /// Uniform with the bound √(6 / inputs), made for relu (He et al. 2015, arXiv 1502.01852).
  case kaimingUniform
  /// Rows (or columns, if there are more rows) that are orthonormal, of uniform direction (Saxe et al. 2014,
  /// arXiv 1312.6120).
  case orthogonal
  /// Blocks of rows, one below the other, each initialised as a matrix of its own.
  case rowBlocks([RowBlock])
  /// As `Initializer`, but not replaced by a builder's override.
  case fixed(Initializer)

  /// Some rows of a parameter and how they are initialised.
  public struct RowBlock: Sendable, Hashable {
    /// How many rows, of those that follow the blocks above.
    public let rows: Int
    /// How their values are drawn: as those of a parameter of `rows` rows.
    public let initializer: Initializer
  }

  /// Blocks of rows, one below the other: `.blocks([(64, .uniform(0.1)), (64, .constant(1))])`.
  public static func blocks(_ blocks: [(rows: Int, initializer: Initializer)]) -> Initializer {
    .rowBlocks(blocks.map { RowBlock(rows: $0.rows, initializer: $0.initializer) })
  }

  /// Whether it is made for the two sides of a matrix, and says nothing of a bias.
  private var isForMatrices: Bool {
    switch self {
    case .xavierUniform, .kaimingUniform, .orthogonal: true
    default: false
    }
  }

  /// The initialiser of a parameter of this shape with every part that is neither constant nor fixed replaced. What is made for matrices
  /// leaves vectors as they are.
  func overridden(by replacement: Initializer, shape: [Int]) -> Initializer {
    if shape.count < 2, replacement.isForMatrices { return self }
    switch self {
    case .constant, .fixed: return self
    case .rowBlocks(let blocks):
      return .rowBlocks(
        blocks.map {
          RowBlock(rows: $0.rows, initializer: $0.initializer.overridden(by: replacement, shape: shape))
        })
    default: return replacement
    }
  }

  /// Writes the values of a parameter: a pure function of (source, stream, element).
  func fill(
    _ values: UnsafeMutableBufferPointer<Float>, shape: [Int], source: RandomSource, stream: UInt64,
    firstElement: Int = 0
  ) {
    let outputs = shape.first ?? 1
    let inputs = shape.dropFirst().reduce(1, *)
    require(outputs * inputs == values.count, "Initializer: \(values.count) values for shape \(shape)")
    func each(_ value: (UInt64) -> Float) {
      Parallel.rows(values.count, minimumPerPart: 4096) { range in
        for i in range { values[i] = value(UInt64(firstElement + i)) }
      }
    }
    func uniform(_ bound: Float) {
      each { (2 * source.uniform(stream: stream, position: $0) - 1) * bound }
    }
    switch self {
    case .uniform(let bound): uniform(bound)
    case .between(let from, let to):
      each { from + source.uniform(stream: stream, position: $0) * (to - from) }
    case .normal(let deviation): each { Float(source.normal(stream: stream, position: $0)) * deviation }
    case .constant(let value): values.update(repeating: value)
    case .xavierUniform: uniform((6 / Float(max(1, inputs + outputs))).squareRoot())
    case .kaimingUniform: uniform((6 / Float(max(1, inputs))).squareRoot())
    case .orthogonal:
      let basis = Self.orthonormalRows(min(outputs, inputs), max(outputs, inputs)) {
        source.normal(stream: stream, position: UInt64(firstElement + $0))
      }
      for o in 0..<outputs {
        for i in 0..<inputs {
          values[o * inputs + i] = Float(outputs <= inputs ? basis[o * inputs + i] : basis[i * outputs + o])
        }
      }
    case .rowBlocks(let blocks):
      require(
        blocks.reduce(0) { $0 + $1.rows } == outputs,
        "Initializer: blocks of \(blocks.map(\.rows)) rows for shape \(shape)")
      var row = 0
      for block in blocks {
        let range = row * inputs..<(row + block.rows) * inputs
        block.initializer.fill(
          UnsafeMutableBufferPointer(rebasing: values[range]), shape: [block.rows] + shape.dropFirst(),
          source: source, stream: stream, firstElement: firstElement + range.lowerBound)
        row += block.rows
      }
    case .fixed(let initializer):
      initializer.fill(
        values, shape: shape, source: source, stream: stream, firstElement: firstElement)
    }
  }

  /// `count` orthonormal vectors of `width` ≥ `count` elements: normal random vectors after Gram and Schmidt,
  /// each pass done twice because one loses orthogonality to rounding.
  private static func orthonormalRows(_ count: Int, _ width: Int, _ normal: (Int) -> Double) -> [Double] {
    var basis = (0..<count * width).map(normal)
    basis.withUnsafeMutableBufferPointer { basis in
      func dot(_ a: Int, _ b: Int) -> Double {
        var sum = 0.0
        for i in 0..<width { sum += basis[a * width + i] * basis[b * width + i] }
        return sum
      }
      for row in 0..<count {
        for _ in 0..<2 {
          for earlier in 0..<row {
            let projection = dot(row, earlier)
            for i in 0..<width { basis[row * width + i] -= projection * basis[earlier * width + i] }
          }
        }
        let length = dot(row, row).squareRoot()
        for i in 0..<width { basis[row * width + i] /= length }
      }
    }
    return basis
  }
}
