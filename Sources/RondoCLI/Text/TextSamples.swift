import RondoTasks
import RondoTraining

/// What a model writes while it is trained: when it is shown, and how.
struct TextSamples {
  /// How often.
  enum Interval: Sendable {
    case steps(Int)
    case seconds(Double)

    /// A number of steps, or a duration.
    init(parsing text: String) throws {
      if let steps = Int(text), steps >= 1 {
        self = .steps(steps)
      } else if let seconds = DurationText.seconds(text), seconds > 0 {
        self = .seconds(seconds)
      } else {
        throw OptionParsing.Requirement(
          description: "it must be a number of steps, or a duration such as 30s or 5m")
      }
    }
  }

  let interval: Interval
  private var next: Double

  init(every interval: Interval) {
    self.interval = interval
    next = if case .seconds(let seconds) = interval { seconds } else { 0 }
  }

  mutating func isDue(_ report: ProgressDisplay.Report) -> Bool {
    switch interval {
    case .steps(let steps): return report.step % steps == 0
    case .seconds(let seconds):
      guard report.elapsed >= next else { return false }
      next += seconds
      return true
    }
  }

  /// What the model of a run writes at the moment: a few lines, each indented.
  static func text(_ training: TextTraining) throws -> String {
    var request = TextGenerator.Request()
    request.length = training.request.settings.text.level == .word ? 40 : 240
    request.sampling.temperature = 0.7
    let text = try TextGenerator(training.currentModel).generate(request, emit: { _ in }).text
    return text.split(separator: "\n", omittingEmptySubsequences: true).map { "    " + $0 }.joined(
      separator: "\n")
  }
}
