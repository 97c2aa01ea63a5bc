import RondoCore
import RondoData
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct CheckpointTests {
  private static func checkpoint() throws -> Checkpoint {
    let record = """
      {"format_version":3,"step":7,"seconds":1.25,"is_repeatable":true,"plan":{"legs":[{"step":0,"total":30}],"validate_every":2,
      "validate_from":4},"seed":18446744073709551615,"epoch":2,"step_of_epoch":1,"optimizer":"adam",
      "optimizer_updates":7,"schedule":{"factor":0.1},"early_stopping":{"best_step":3,"waited":1,"last_step":7,
      "best_loss":0.30000000000000004},"parameter_fingerprint":12,"inputs":["abc"],"settings":"{}"}
      """
    return Checkpoint(
      record: try JSONRecord.decode(Checkpoint.Record.self, from: Array(record.utf8), file: "record"),
      weights: Tensor([3], [1, .nan, -0.0]), bestWeights: Tensor([3], [4, 5, 6]),
      average: Tensor([3], [0.5, 2, 1]),
      optimizerTensors: ["mean": Tensor([3], [7, 8, 9]), "square": Tensor([3], [0, 1e-30, 3])],
      carried: [Tensor([1, 2], [1, 2]), Tensor([1, 1], [3])])
  }

  @Test func comesBackWithTheSameBits() throws {
    let folder = TemporaryFolder()
    let original = try Self.checkpoint()
    try original.write(to: folder("run"))
    let read = try Checkpoint(contentsOf: folder("run"))
    #expect(read.record == original.record)
    #expect(read.weights == original.weights)
    #expect(read.bestWeights == original.bestWeights)
    #expect(read.average == original.average)
    #expect(read.optimizerTensors == original.optimizerTensors)
    #expect(read.carried == original.carried)
  }

  @Test func damageIsAnsweredAndNeverCrashes() throws {
    let folder = TemporaryFolder()
    try Self.checkpoint().write(to: folder("run"))
    let whole = try Files.read(folder("run"))
    for length in 0..<whole.count {
      let cut = folder.file("cut", whole[..<length])
      #expect(throws: FormatError.self, "cut at \(length)") { try Checkpoint(contentsOf: cut) }
    }
  }

  @Test func otherFilesAndVersionsAreRefused() throws {
    let folder = TemporaryFolder()
    try SafeTensors.write([("weights", Tensor([1], [1]))], to: folder("model"))
    #expect(throws: TrainingError.self) { try Checkpoint(contentsOf: folder("model")) }

    try Self.checkpoint().write(to: folder("run"))
    var bytes = try Files.read(folder("run"))
    let key = Array("format_version\\\":\(Checkpoint.formatVersion)".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: key) })
    bytes[place + key.count - 1] = UInt8(ascii: "7")
    let newer = folder.file("newer", bytes)
    #expect {
      try Checkpoint(contentsOf: newer)
    } throws: {
      "\($0)".contains("format 7")
    }
  }
}
