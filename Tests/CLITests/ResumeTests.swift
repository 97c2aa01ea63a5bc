import Foundation
import RondoCore
import RondoData
import RondoTestSupport
import Testing

/// Runs that are killed, and runs on other threads and instruction sets: always the same weights.
@Suite(.serialized) struct ResumeTests {
  private let folder = TemporaryFolder()

  private func arguments(_ name: String, _ options: [String] = []) -> [String] {
    [
      "text", "train", folder("text.txt"), "-o", folder(name), "--hidden", "24", "--layers", "2", "--batch",
      "8",
    ]
      + ["--length", "32", "--steps", "200", "--seed", "7", "--validation-fraction", "0.1"] + options
  }

  private func weights(_ name: String) throws -> [UInt8] {
    try Files.read(folder("\(name)/model.safetensors"))
  }

  private func whole() throws -> [UInt8] {
    _ = folder.file("text.txt", sampleText)
    let result = try RondoProcess(arguments("whole")).wait()
    try #require(result.status == 0, "\(result.messages)")
    return try weights("whole")
  }

  /// Twenty random moments, and more until three of them hit a checkpoint that was being written.
  @Test func killedAndResumed() throws {
    let begin = Date()
    let expected = try whole()
    let duration = Date().timeIntervalSince(begin)
    let random = RandomSource(seed: UInt64(ProcessInfo.processInfo.processIdentifier))
    var (killed, killedInWriting, kill) = (0, 0, 0)
    while killed < 20 || killedInWriting < 3 {
      try #require(kill < 200, "\(killed) runs killed, \(killedInWriting) while writing")
      let name = "killed\(kill)"
      // A checkpoint after every step, so that many moments are inside the writing of one.
      let process = try RondoProcess(arguments(name, ["--checkpoint-every", "1ms"]))
      Thread.sleep(forTimeInterval: duration * Double(random.uniform(stream: 0, position: UInt64(kill))))
      process.send(SIGKILL)
      killed += process.wait().wasKilled ? 1 : 0
      let beside = folder("\(name)/checkpoint/.run.safetensors.partial")
      killedInWriting += FileManager.default.fileExists(atPath: beside) ? 1 : 0
      let resumed = try RondoProcess(arguments(name, ["--resume"])).wait()
      try #require(resumed.status == 0, "\(resumed.messages)")
      #expect(try weights(name) == expected, "killed at moment \(kill)")
      let steps = try Files.readText(folder("\(name)/metrics.jsonl")).split(separator: "\n").map {
        try JSON(parsing: String($0))["step"]?.integer
      }
      #expect(steps == Array(1...200))
      kill += 1
    }
  }

  @Test(arguments: [SIGINT, SIGTERM]) func interruptedAndResumed(signal: Int32) throws {
    let expected = try whole()
    let process = try RondoProcess(arguments("stopped", ["--checkpoint-every", "1h"]))
    // Until it has trained a little.
    while process.isRunning, (try? Files.read(folder("stopped/metrics.jsonl")).count) == nil {
      Thread.sleep(forTimeInterval: 0.005)
    }
    Thread.sleep(forTimeInterval: 0.05)
    process.send(signal)
    let stopped = process.wait()
    #expect(stopped.status == 1 && !stopped.wasKilled)
    #expect(stopped.output.isEmpty)
    #expect(stopped.messages.contains("interrupted after step") && stopped.messages.contains("--resume"))
    let resumed = try RondoProcess(arguments("stopped", ["--resume"])).wait()
    #expect(resumed.status == 0)
    #expect(try weights("stopped") == expected)
  }

  @Test func threadsAndInstructionSets() throws {
    let expected = try whole()
    #expect(try RondoProcess(arguments("one", ["--threads", "1"])).wait().status == 0)
    #expect(try weights("one") == expected)
    #expect(try RondoProcess(arguments("two", ["--threads", "2"])).wait().status == 0)
    #expect(try weights("two") == expected)
    #if arch(x86_64)
    let avx2 = try RondoProcess(arguments("avx2"), environment: ["RONDO_ISA": "avx2"]).wait()
    #expect(avx2.status == 0)
    #expect(try weights("avx2") == expected)
    #endif
  }
}
