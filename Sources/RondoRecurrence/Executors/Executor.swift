import CRondoKernels

/// An operand of a row program while it runs: column j of row r is `base[r * rowStride + j * columnStride]`.
///
/// The layout is `rondo_stream`'s.
package struct Stream<Element> {
  package var base: UnsafeMutablePointer<Element>
  package var rowStride: Int
  package var columnStride: Int
}

/// What computes: it is handed a product or a row program and a range of rows, and never decides what is computed.
///
/// All executors run the same plans. Rows, panels and columns may be divided among calls in any way without changing a result.
package protocol Executor: Sendable {
  associatedtype Element: BinaryFloatingPoint & Sendable

  /// Elements of a weight as `pack` writes it, and the number of panels in which it can be packed and multiplied piecewise.
  static func packedSize(outputs: Int, depth: Int) -> Int
  static func panelCount(outputs: Int) -> Int
  /// Packs the weight whose element for output j at depth i is `weight[j * outputStride + i * depthStride]`.
  static func pack(
    outputs: Int, depth: Int, _ weight: UnsafePointer<Element>, outputStride: Int, depthStride: Int,
    panels: Range<Int>, into packed: UnsafeMutablePointer<Element>)
  /// out[r][j] = start[r][j] + Σ_i x[r][i] W[j][i], i ascending.
  static func product(
    rows: Int, outputs: Int, depth: Int, _ x: UnsafePointer<Element>, stride: Int,
    _ packed: UnsafePointer<Element>,
    panels: Range<Int>, start: UnsafePointer<Element>?, startStride: Int,
    into out: UnsafeMutablePointer<Element>,
    outStride: Int)

  static func scratchSize(of program: ProgramCode) -> Int
  static func run(
    _ program: ProgramCode, _ streams: UnsafePointer<Stream<Element>>, rows: Int,
    scratch: UnsafeMutablePointer<Element>)

  /// y[r] = the softmax of x over the rows, column by column.
  static func softmaxOverRows(
    rows: Int, width: Int, _ x: UnsafePointer<Element>, stride: Int, into y: UnsafeMutablePointer<Element>,
    yStride: Int)

  /// mask[j] = 0 with this probability, else 1 / (1 − probability): a function of the keys and j.
  static func mask(
    width: Int, keys: (UInt32, UInt32), probability: Float, into mask: UnsafeMutablePointer<Element>)

  static func outerScratchSize(width: Int) -> Int
  /// out[i][j] += Σ_r a[r][i] b[r][j] for i in `columns`, r ascending.
  static func outer(
    rows: Int, columns: Range<Int>, width: Int, _ a: UnsafePointer<Element>, aStride: Int,
    _ b: UnsafePointer<Element>,
    bStride: Int, into out: UnsafeMutablePointer<Element>, outStride: Int,
    scratch: UnsafeMutablePointer<Element>)
  /// out[j] += Σ_r a[r][j] for j in `columns`, r ascending.
  static func columnSum(
    rows: Int, columns: Range<Int>, _ a: UnsafePointer<Element>, stride: Int,
    into out: UnsafeMutablePointer<Element>)
  /// out[j] += (Σ_r a[r][j] b[r][j]) for j in `columns`, without b Σ_r a[r][j]: one chain over r, which is then added.
  static func sumOfRows(
    _ count: Int, _ a: UnsafePointer<UnsafePointer<Element>?>, _ b: UnsafePointer<UnsafePointer<Element>?>?,
    columns: Range<Int>,
    into out: UnsafeMutablePointer<Element>)
}
