import Foundation
import RondoData
import RondoTestSupport
import RondoTraining
import Testing

@Suite struct MetricsFileTests {
  private func line(_ step: Int) -> MetricsFile.Line {
    MetricsFile.Line(
      step: step, milliseconds: 1.5, loss: 2, learningRate: 0.003, gradientNorm: 0.25, epoch: 0.5,
      validationLoss: step % 2 == 0 ? 1.75 : nil)
  }

  private func steps(_ path: String) throws -> [Int] {
    try Files.readText(path).split(separator: "\n").map { line in
      try #require(JSON(parsing: String(line))["step"]?.integer)
    }
  }

  @Test func aLineIsAnObjectWithItsKeys() throws {
    let folder = TemporaryFolder()
    let file = try MetricsFile(path: folder("metrics.jsonl"), continuingAfter: 0)
    try file.append(line(1))
    try file.append(line(2))
    try file.flush()
    let expected = """
      {"step":1,"step_ms":1.5,"loss":2,"learning_rate":0.003,"gradient_norm":0.25,"epoch":0.5}
      {"step":2,"step_ms":1.5,"loss":2,"learning_rate":0.003,"gradient_norm":0.25,"epoch":0.5,"validation_loss":1.75}

      """
    #expect(try Files.readText(folder("metrics.jsonl")) == expected)
  }

  @Test func goesOnSeamlesslyAfterAnyKill() throws {
    let folder = TemporaryFolder()
    let path = folder("metrics.jsonl")
    let first = try MetricsFile(path: path, continuingAfter: 0)
    for step in 1...300 { try first.append(line(step)) }
    try first.flush()
    // Killed in the middle of a line, while the last checkpoint is of step 250.
    let bytes = try Files.read(path)
    _ = folder.file("metrics.jsonl", bytes.dropLast(17))
    let second = try MetricsFile(path: path, continuingAfter: 250)
    for step in 251...400 { try second.append(line(step)) }
    try second.flush()
    #expect(try steps(path) == Array(1...400))
  }

  @Test func aNewRunStartsAnew() throws {
    let folder = TemporaryFolder()
    let path = folder.file("metrics.jsonl", "{\"step\":1}\nrubbish\n")
    let file = try MetricsFile(path: path, continuingAfter: 0)
    try file.append(line(1))
    try file.flush()
    #expect(try steps(path) == [1])
  }

  @Test func numbersThatJSONCannotSayAreNull() throws {
    let folder = TemporaryFolder()
    let file = try MetricsFile(path: folder("metrics.jsonl"), continuingAfter: 0)
    var line = line(1)
    line.gradientNorm = .infinity
    try file.append(line)
    try file.flush()
    #expect(try Files.readText(folder("metrics.jsonl")).contains("\"gradient_norm\":null"))
  }
}
