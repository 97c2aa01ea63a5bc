/// A grid of dots that becomes text: two by four dots a letter in braille, or one dot a letter.
struct DotCanvas {
  /// The letters.
  let columns: Int
  let rows: Int
  /// The dots of a letter.
  let dotColumns: Int
  let dotRows: Int
  private var bits: [UInt8]

  init(columns: Int, rows: Int, isBraille: Bool) {
    (self.columns, self.rows) = (columns, rows)
    (dotColumns, dotRows) = isBraille ? (2, 4) : (1, 1)
    bits = [UInt8](repeating: 0, count: columns * rows)
  }

  /// The dots from left to right.
  var width: Int { columns * dotColumns }
  /// The dots from top to bottom.
  var height: Int { rows * dotRows }

  /// Braille counts dots down the left side, then down the right side, but for the last row.
  private static let braille: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

  /// Sets a dot, if it is in the grid.
  mutating func set(_ x: Int, _ y: Int) {
    guard 0..<width ~= x, 0..<height ~= y else { return }
    bits[y / dotRows * columns + x / dotColumns] |= Self.braille[y % dotRows][x % dotColumns]
  }

  /// Sets the dots of a line.
  mutating func line(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int)) {
    let count = max(abs(to.x - from.x), abs(to.y - from.y))
    guard count > 0 else { return set(from.x, from.y) }
    for step in 0...count {
      func between(_ a: Int, _ b: Int) -> Int {
        let twice = 2 * (b - a) * step
        // Rounded alike in both directions.
        return a + (twice + (twice < 0 ? -count : count)) / (2 * count)
      }
      set(between(from.x, to.x), between(from.y, to.y))
    }
  }

  /// The dots of a letter, as braille has them; 0 if there are none.
  func dots(row: Int, column: Int) -> UInt8 { bits[row * columns + column] }
}
