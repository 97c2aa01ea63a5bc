import RondoData

/// What a person wants to see of forecasts, on one page: pictures of series, how good the forecasts were, how far their intervals can be trusted.
///
/// The report knows nothing of how its content came about. What is empty is left out of the page; steps are counted from 0 here and from 1 for
/// people. See ``html``.
public struct ForecastReport: Sendable {
  /// Something that a person should know of the run: the file, the model, the horizon, the command.
  public struct Fact: Sendable, Equatable {
    /// What it is.
    public var name: String
    /// What it is here.
    public var value: String
    /// Whether the value is typed as it stands, like a command or the name of a file.
    public var isCode: Bool

    public init(_ name: String, _ value: String, isCode: Bool = false) {
      (self.name, self.value, self.isCode) = (name, value, isCode)
    }
  }

  /// A line of a chart.
  public struct Curve: Sendable, Equatable {
    /// A place on it.
    public struct Point: Sendable, Equatable {
      public var x: Double
      public var y: Double

      public init(_ x: Double, _ y: Double) {
        (self.x, self.y) = (x, y)
      }
    }

    /// What it shows.
    public var name: String
    /// Its places, from left to right; one that is not finite is a gap.
    public var points: [Point]

    public init(name: String, points: [Point]) {
      (self.name, self.points) = (name, points)
    }

    /// The values of the steps 1, 2, ….
    public init(name: String, values: [Double]) {
      self.init(name: name, points: values.enumerated().map { Point(Double($0 + 1), $1) })
    }
  }

  /// How good the forecast of one series is.
  public struct SeriesScore: Sendable, Equatable {
    /// The series.
    public var name: String
    /// Its sMAPE in percent.
    public var smape: Double?
    /// Its MASE.
    public var mase: Double?

    public init(name: String, smape: Double?, mase: Double?) {
      (self.name, self.smape, self.mase) = (name, smape, mase)
    }
  }

  /// The heading of the page.
  public var title: String
  /// The verdict in plain words: a sentence each, the most important one first.
  public var summary: [String] = []
  /// What is shown under the verdict.
  public var facts: [Fact] = []
  /// What a person should be careful about, a sentence each.
  public var notes: [String] = []
  /// The series.
  public var panels: [ForecastPanel] = []
  /// The scores of the model, in the first row, and of what it is compared with.
  public var scores: ScoreTable?
  /// The error of each step of the horizon: the model first, then what it is compared with.
  public var errorByStep: [Curve] = []
  /// What the error is: MAE, sMAPE in percent.
  public var errorName = "mean absolute error"
  /// The probabilities that were forecast (x) and the shares that came (y), both from 0 to 1: the final one first, then perhaps an earlier stage.
  public var calibration: [Curve] = []
  /// The loss (y) by training step (x), of what was held out or of each member.
  public var training: [Curve] = []
  /// What the training curves show.
  public var lossName = "loss of what was held out"
  /// The series that are forecast worst, the worst first.
  public var worst: [SeriesScore] = []
  /// The series that are forecast best, the best first.
  public var best: [SeriesScore] = []

  /// A report without content.
  public init(title: String) {
    self.title = title
  }
}
