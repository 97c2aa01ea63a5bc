import Foundation
import RondoData

/// `metrics.jsonl`: a JSON object a line for every step, in order and without gaps, however often the run was killed and resumed.
///
///     {"step":1200,"step_ms":7.91,"loss":1.482,"learning_rate":0.003,"gradient_norm":0.31,"epoch":3.82}
///
/// `loss` is the mean over the step's tokens, `step_ms` the time of the step without validations and checkpoints. The line of a step after
/// which there was a validation also has `validation_loss`.
public final class MetricsFile {
  /// A line of the file.
  public struct Line: Equatable {
    /// Steps done, this one included.
    public var step: Int
    /// The time of the step, without validations and checkpoints.
    public var milliseconds: Double
    /// The mean loss over the step's tokens.
    public var loss: Double
    /// The rate of its update.
    public var learningRate: Float
    /// The Euclidean length of its gradient, before it was shortened.
    public var gradientNorm: Double
    /// Passes through the data done, with their fraction.
    public var epoch: Double
    /// The loss of the validation after the step, if there was one.
    public var validationLoss: Double?

    /// A line of these numbers.
    public init(
      step: Int, milliseconds: Double, loss: Double, learningRate: Float, gradientNorm: Double, epoch: Double,
      validationLoss: Double? = nil
    ) {
      self.step = step
      self.milliseconds = milliseconds
      self.loss = loss
      self.learningRate = learningRate
      self.gradientNorm = gradientNorm
      self.epoch = epoch
      self.validationLoss = validationLoss
    }
  }

  /// Where the file is.
  public let path: String
  private let file: FileDescriptor
  private var pending: [UInt8] = []

  /// Opens the file for a run that has done `step` steps: lines of later steps, and a torn last line, are cut off.
  public init(path: String, continuingAfter step: Int) throws {
    self.path = path
    if step == 0 || !FileManager.default.fileExists(atPath: path) {
      try AtomicFile.write("", to: path)
    }
    file = try FileDescriptor.opened(path, .write, O_WRONLY)
    try file.truncate(to: try Self.lengthOfLines(path, upTo: step))
    pending.reserveCapacity(1 << 14)
  }

  /// Adds a line; it reaches the file by the next `flush` at the latest.
  public func append(_ line: Line) throws {
    var text =
      "{\"step\":\(line.step),\"step_ms\":\(Self.short(line.milliseconds)),\"loss\":\(Self.short(line.loss))"
    text += ",\"learning_rate\":\(line.learningRate),\"gradient_norm\":\(Self.short(line.gradientNorm))"
    text += ",\"epoch\":\(Self.short(line.epoch))"
    if let loss = line.validationLoss { text += ",\"validation_loss\":\(Self.short(loss))" }
    pending += text.utf8
    pending += "}\n".utf8
    if pending.count > 1 << 13 { try flush() }
  }

  /// Hands the lines to the system.
  public func flush() throws {
    guard !pending.isEmpty else { return }
    try pending.withUnsafeBytes { try file.write($0) }
    pending.removeAll(keepingCapacity: true)
  }

  /// Six significant digits, as JSON; null if not finite.
  private static func short(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    return String(format: "%.6g", value)
  }

  /// The bytes of the complete lines whose step is at most `step`.
  private static func lengthOfLines(_ path: String, upTo step: Int) throws -> Int {
    let bytes = try Files.read(path, limit: 1 << 40)
    var kept = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
      guard let number = stepNumber(line), number <= step else { break }
      kept += line.count + 1
    }
    return kept
  }

  /// The number after `{"step":`.
  private static func stepNumber(_ line: ArraySlice<UInt8>) -> Int? {
    let prefix = Array("{\"step\":".utf8)
    guard line.starts(with: prefix) else { return nil }
    let digits = line.dropFirst(prefix.count).prefix { (48...57).contains($0) }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
