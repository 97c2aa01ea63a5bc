import Foundation

/// Tells people how a run is going, on standard error: one line redrawn in place on a terminal, a plain line every few seconds elsewhere.
public final class ProgressDisplay {
  /// What there is to tell after a step.
  public struct Report: Sendable, Equatable {
    /// Steps done.
    public var step: Int
    /// Steps aimed at, if that is known.
    public var total: Int?
    /// The mean loss of the step.
    public var loss: Double
    /// What the loss counts, "nats/char".
    public var lossUnit: String
    /// The loss of the last validation, if there was one.
    public var validationLoss: Double?
    /// Units of data (tokens) in the step.
    public var units: Int
    /// What they are called, "char".
    public var unitName: String
    /// Seconds since the command started.
    public var elapsed: Double
    /// The time limit, if there is one.
    public var limit: Double?

    /// A report of these numbers.
    public init(
      step: Int, total: Int?, loss: Double, lossUnit: String, validationLoss: Double?, units: Int,
      unitName: String,
      elapsed: Double, limit: Double?
    ) {
      self.step = step
      self.total = total
      self.loss = loss
      self.lossUnit = lossUnit
      self.validationLoss = validationLoss
      self.units = units
      self.unitName = unitName
      self.elapsed = elapsed
      self.limit = limit
    }
  }

  private let isTerminal: Bool
  private let write: (String) -> Void
  private let interval: Double
  private let stopwatch = Stopwatch()
  private var lastDrawn = -Double.infinity
  private var isLineOpen = false
  private var smoothedLoss: Double?
  private var rate: Double?
  private var unitsSince = 0
  private var stepsSince = 0
  private var stepRate: Double?
  private var since: Double?

  /// Progress on standard error.
  public convenience init() {
    self.init(isTerminal: StandardError.isTerminal, write: StandardError.write)
  }

  package init(isTerminal: Bool, write: @escaping (String) -> Void) {
    self.isTerminal = isTerminal
    self.write = write
    interval = isTerminal ? 0.1 : 5
  }

  /// Takes in a step, and draws if it is time to.
  public func update(_ report: Report) {
    // The loss shown is a moving average: single windows jump about.
    smoothedLoss = smoothedLoss.map { $0 + 0.05 * (report.loss - $0) } ?? report.loss
    if since == nil {
      since = report.elapsed
    } else {
      unitsSince += report.units
      stepsSince += 1
    }
    guard report.elapsed - lastDrawn >= interval || report.step == report.total else { return }
    measureRate(until: report.elapsed)
    lastDrawn = report.elapsed
    draw(line(report))
  }

  /// Shows how much of a task is done that has no steps: on a terminal, once it has taken a second.
  public func update(done: Int, of total: Int, _ what: String) {
    guard isTerminal, stopwatch.seconds > 1, stopwatch.seconds - lastDrawn >= interval else { return }
    lastDrawn = stopwatch.seconds
    draw("\(Self.compact(Double(done))) of \(Self.compact(Double(total))) \(what)")
  }

  /// Prints text of its own lines, above the live line.
  public func note(_ text: String) {
    clear()
    write(text + "\n")
    lastDrawn = -.infinity
  }

  /// Ends the live line.
  public func finish() {
    if isLineOpen { write("\n") }
    isLineOpen = false
  }

  /// The rate since it was last measured, over half a second or more, so that it is steady enough to read.
  private func measureRate(until elapsed: Double) {
    guard let start = since, elapsed - start > 0.5 || rate == nil, elapsed > start, stepsSince > 0 else {
      return
    }
    rate = Double(unitsSince) / (elapsed - start)
    stepRate = Double(stepsSince) / (elapsed - start)
    (unitsSince, stepsSince, since) = (0, 0, elapsed)
  }

  func line(_ report: Report) -> String {
    var parts = ["step \(report.step)" + (report.total.map { "/\($0)" } ?? "")]
    parts.append(String(format: "loss %.3f %@", smoothedLoss ?? report.loss, report.lossUnit as NSString))
    if let loss = report.validationLoss { parts.append(String(format: "held out %.3f", loss)) }
    if let rate { parts.append("\(Self.compact(rate)) \(report.unitName)/s") }
    if let left = secondsLeft(report) { parts.append("\(DurationText.short(left)) left") }
    return parts.joined(separator: "  ")
  }

  /// By the steps left and their rate, never beyond the limit.
  private func secondsLeft(_ report: Report) -> Double? {
    let untilLimit = report.limit.map { max(0, $0 - report.elapsed) }
    guard let total = report.total, let stepRate, stepRate > 0 else { return untilLimit }
    let bySteps = Double(max(0, total - report.step)) / stepRate
    return min(bySteps, untilLimit ?? .infinity)
  }

  private func draw(_ line: String) {
    guard isTerminal else { return write(line + "\n") }
    write("\r\u{1B}[K" + line.prefix(StandardError.width - 1))
    isLineOpen = true
  }

  /// Takes the live line away.
  public func clear() {
    if isLineOpen { write("\r\u{1B}[K") }
    isLineOpen = false
  }

  /// A number in at most four characters and a unit: 812, 45.1k, 1.20M.
  public static func compact(_ value: Double) -> String {
    if value < 1000 { return String(format: "%.0f", value) }
    if value < 1e6 { return String(format: value < 1e5 ? "%.1fk" : "%.0fk", value / 1e3) }
    return String(format: "%.2fM", value / 1e6)
  }
}
