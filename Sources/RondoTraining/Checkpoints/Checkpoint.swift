import RondoCore
import RondoData

/// All that a run needs to go on as if it had never stopped; one file, replaced atomically.
///
/// A safetensors file: flat tensors (`weights`, `optimizer.…`, `best`, `average`, `carried.…`), and the rest as JSON in its header.
public struct Checkpoint: Sendable {
  /// Changes whenever an older program could misread a newer file, or the other way round.
  package static let formatVersion = 3

  /// The numbers and names of a run.
  public struct Record: Sendable, Equatable, Codable {
    var formatVersion = Checkpoint.formatVersion
    /// Steps done.
    public var step: Int
    /// Seconds that the run has taken.
    public var seconds: Double
    /// The loss of the first step.
    public var firstLoss: Double?
    /// The length of the run, if it is known.
    public var plan: RunPlan?
    /// Whether `plan` tells all that a repetition has to know: not if the run was resumed with another budget.
    public var isRepeatable: Bool
    /// The seed of all random numbers; their counters are functions of the step.
    public var seed: UInt64
    /// The epoch that the next step is in, counted from 0.
    public var epoch: Int
    /// The steps of that epoch that are done.
    public var stepOfEpoch: Int
    /// The name of the optimiser.
    public var optimizer: String
    /// The updates that it has made.
    public var optimizerUpdates: Int
    /// What the schedule remembers.
    public var schedule: [String: Double]
    /// What is known of the validations.
    public var earlyStopping: EarlyStopping.Record
    /// The hash of all names and shapes of the model.
    public var parameterFingerprint: UInt64
    /// SHA-256 of the files that are trained on, in order.
    public var inputs: [String]
    /// What the task needs to recognise its run: its options, as JSON.
    public var settings: String
  }

  /// What is no tensor.
  public var record: Record
  /// The flat buffer of all parameters.
  public var weights: Tensor
  /// The flat buffer with the best validation loss; nil before the first finite one.
  public var bestWeights: Tensor?
  /// The moving average of the weights; nil if the run has none.
  public var average: Tensor?
  /// What the optimiser remembers, each as long as the weights, by name.
  public var optimizerTensors: [String: Tensor]
  /// The state carried from window to window.
  public var carried: [Tensor]

  package init(
    record: Record, weights: Tensor, bestWeights: Tensor?, average: Tensor? = nil,
    optimizerTensors: [String: Tensor], carried: [Tensor]
  ) {
    self.record = record
    self.weights = weights
    self.bestWeights = bestWeights
    self.average = average
    self.optimizerTensors = optimizerTensors
    self.carried = carried
  }

  /// Replaces the file by this checkpoint.
  package func write(to path: String) throws {
    var tensors = [(name: "weights", tensor: weights)] + optimizerTensors.map { ("optimizer.\($0)", $1) }
    if let bestWeights { tensors.append(("best", bestWeights)) }
    if let average { tensors.append(("average", average)) }
    tensors += carried.enumerated().map { ("carried.\($0)", $1) }
    try SafeTensors.write(tensors, metadata: ["rondo.checkpoint": JSONRecord.encode(record)], to: path)
  }

  /// Reads a checkpoint.
  package init(contentsOf path: String) throws {
    let file = try SafeTensors(contentsOf: path)
    guard let text = file.metadata["rondo.checkpoint"] else {
      throw TrainingError.unusableCheckpoint(path: path, reason: "this is no checkpoint of Rondo's")
    }
    struct Version: Decodable { var formatVersion: Int }
    let bytes = Array(text.utf8)
    let version = try JSONRecord.decode(Version.self, from: bytes, file: path).formatVersion
    guard version == Self.formatVersion else {
      throw TrainingError.unusableCheckpoint(
        path: path,
        reason: "it has format \(version) where this version of Rondo reads \(Self.formatVersion); "
          + "resume with the version that wrote it")
    }
    record = try JSONRecord.decode(Record.self, from: bytes, file: path)
    weights = try file.tensor("weights")
    bestWeights = file["best"] == nil ? nil : try file.tensor("best")
    average = file["average"] == nil ? nil : try file.tensor("average")
    optimizerTensors = [:]
    for entry in file.entries where entry.name.hasPrefix("optimizer.") {
      optimizerTensors[String(entry.name.dropFirst("optimizer.".count))] = try file.tensor(entry.name)
    }
    carried = []
    while file["carried.\(carried.count)"] != nil {
      carried.append(try file.tensor("carried.\(carried.count)"))
    }
  }
}
