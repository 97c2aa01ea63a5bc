import RondoCore

/// A stream of symbols laid out for truncated backpropagation through time.
///
/// The stream is cut into `batchSize` contiguous streams of equal length, which are walked side by side in windows of `length` steps; a
/// window's state is carried into the next one. The last window of an epoch is shorter if the streams' length is no multiple of `length`, so
/// that every target is learned once per epoch, but for the fewer than `batchSize` targets that are left over by the cut.
///
/// Which window comes at which position is a pure function of the position, so a run resumes exactly by its number of steps.
///
/// Source: Williams and Peng, An efficient gradient-based algorithm for on-line training of recurrent network
/// trajectories, 1990, DOI 10.1162/neco.1990.2.4.490.
public struct TokenWindows: Sendable {
  /// The symbols, shared and never copied.
  public let tokens: [Int32]
  /// The part of them that is learned or scored.
  public let range: Range<Int>
  /// The symbol taken to stand before the first one. Without it the first symbol is only an input, never a target.
  public let preceding: Int32?
  /// The number of streams side by side, B.
  public let batchSize: Int
  /// The steps of a window, T, but for the last window of an epoch.
  public let length: Int
  /// The steps of each stream, over all windows of an epoch.
  public let streamLength: Int

  /// A layout for training. A text that does not fill one window is refused.
  ///
  /// - Parameters:
  ///   - range: The part of the symbols to learn; all of them if not given.
  ///   - preceding: The symbol taken to stand before the first one.
  ///   - name: What error messages call the text.
  /// - Throws: A ``FormatError`` if the text is too short.
  public init(
    _ tokens: [Int32], range: Range<Int>? = nil, preceding: Int32? = nil, batchSize: Int, length: Int,
    name: String
  ) throws(FormatError) {
    self.init(tokens, range, preceding, batchSize, length)
    guard streamLength >= length else {
      throw FormatError(
        .init(name),
        expected: "at least \(batchSize * length + (preceding == nil ? 1 : 0)) symbols "
          + "to fill \(batchSize) streams of \(length) steps",
        found: "\(self.range.count)", hint: "Give more text, or choose a smaller batch or length.")
    }
  }

  /// A layout for scoring: one stream, of which every symbol after the first (or after `preceding`) is a target.
  ///
  /// - Throws: A ``FormatError`` if there is nothing to score.
  public init(
    scoring tokens: [Int32], range: Range<Int>? = nil, preceding: Int32? = nil, length: Int, name: String
  ) throws(FormatError) {
    self.init(tokens, range, preceding, 1, length)
    guard streamLength > 0 else {
      throw FormatError(
        .init(name), expected: "at least \(preceding == nil ? 2 : 1) symbols to score",
        found: "\(self.range.count)")
    }
  }

  private init(_ tokens: [Int32], _ range: Range<Int>?, _ preceding: Int32?, _ batchSize: Int, _ length: Int)
  {
    require(batchSize > 0 && length > 0, "TokenWindows: \(batchSize) streams in windows of \(length) steps")
    let range = range ?? tokens.indices
    require(
      range.lowerBound >= 0 && range.upperBound <= tokens.count,
      "TokenWindows: the range \(range) of \(tokens.count) symbols")
    self.tokens = tokens
    self.range = range
    self.preceding = preceding
    self.batchSize = batchSize
    self.length = length
    streamLength = max(0, range.count - (preceding == nil ? 1 : 0)) / batchSize
  }

  /// The windows of an epoch.
  public var windowCount: Int { (streamLength + length - 1) / length }

  /// The targets of an epoch.
  public var targetCount: Int { streamLength * batchSize }

  /// A window: what goes in, and what should come out.
  public struct Window: Sendable {
    /// How often the whole text came before.
    public let epoch: Int
    /// The window's number in its epoch. The state is carried into every window but number 0.
    public let index: Int
    /// The symbols that go in, [T, B] time-major.
    public let inputs: [Int32]
    /// The symbols that follow them, [T, B] time-major.
    public let targets: [Int32]
    /// The layout of its rows: T steps of B sequences, with the time since the beginning of the epoch.
    public let layout: SequenceLayout
  }

  /// The window at a position counted from the beginning of training, through all epochs.
  public func window(_ position: Int) -> Window {
    let (epoch, index) = position.quotientAndRemainder(dividingBy: windowCount)
    let begin = index * length
    let steps = min(length, streamLength - begin)
    let rows = steps * batchSize
    // Target k of the stream of all targets is symbol k of the range, or k + 1 without a preceding one; its input comes before it.
    let shift = range.lowerBound + (preceding == nil ? 1 : 0)
    func symbols(before: Int) -> [Int32] {
      [Int32](unsafeUninitializedCapacity: rows) { buffer, count in
        for step in 0..<steps {
          for stream in 0..<batchSize {
            let place = shift + stream * streamLength + begin + step - before
            buffer[step * batchSize + stream] = place < range.lowerBound ? preceding! : tokens[place]
          }
        }
        count = rows
      }
    }
    return Window(
      epoch: epoch, index: index, inputs: symbols(before: 1), targets: symbols(before: 0),
      layout: SequenceLayout(
        Array(repeating: steps, count: batchSize), startTimes: Array(repeating: begin, count: batchSize)))
  }
}
