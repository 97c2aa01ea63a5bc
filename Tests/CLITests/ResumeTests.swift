import Foundation
import RondoCore
import RondoData
import RondoTestSupport
import Testing

/// Runs that are killed, and runs on other threads and instruction sets: always the same weights.
@Suite(.serialized) struct ResumeTests {
  private let folder = TemporaryFolder()

  private func arguments(_ name: String, steps: Int = 200, _ options: [String] = []) -> [String] {
    [
      "text", "train", folder("text.txt"), "-o", folder(name), "--hidden", "24", "--layers", "2", "--batch",
      "8",
    ]
      + ["--length", "32", "--steps", "\(steps)", "--seed", "7", "--validation-fraction", "0.1"] + options
  }

  private func weights(_ name: String) throws -> [UInt8] {
    try Files.read(folder("\(name)/model.safetensors"))
  }

  private func whole(steps: Int = 200) throws -> [UInt8] {
    _ = folder.file("text.txt", sampleText)
    let result = try RondoProcess(arguments("whole", steps: steps)).wait()
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
    // Steps enough that no machine is through with them before the signal reaches it.
    let steps = 3000
    let expected = try whole(steps: steps)
    let process = try RondoProcess(arguments("stopped", steps: steps, ["--checkpoint-every", "1h"]))
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
    let resumed = try RondoProcess(arguments("stopped", steps: steps, ["--resume"])).wait()
    #expect(resumed.status == 0)
    #expect(try weights("stopped") == expected)
  }

  /// At any moment, reading, training, validating or saving: it ends with 1 (or 0 if it was done), and loses nothing.
  @Test func interruptedAtAnyMoment() throws {
    let begin = Date()
    let expected = try whole()
    let duration = Date().timeIntervalSince(begin)
    let random = RandomSource(seed: UInt64(ProcessInfo.processInfo.processIdentifier))
    for moment in 0..<8 {
      let name = "interrupted\(moment)"
      let process = try RondoProcess(arguments(name, ["--checkpoint-every", "20ms"]))
      // Before it has begun to watch for signals, they end it as they end any process.
      Thread.sleep(
        forTimeInterval: 0.05 + duration * Double(random.uniform(stream: 1, position: UInt64(moment))))
      process.send(SIGINT)
      let stopped = process.wait()
      #expect(stopped.wasKilled || stopped.status == 1 || stopped.status == 0, "\(stopped)")
      #expect(stopped.messages.contains("interrupted") || stopped.status == 0 || stopped.wasKilled)
      let resumed = try RondoProcess(arguments(name, ["--resume"])).wait()
      try #require(resumed.status == 0, "\(resumed.messages)")
      #expect(try weights(name) == expected, "interrupted at moment \(moment)")
    }
  }

  /// A model large enough for its time loops to be divided among threads.
  @Test func threadsAndInstructionSets() throws {
    _ = folder.file("text.txt", sampleText)
    func weights(_ name: String, _ options: [String], _ environment: [String: String] = [:]) throws
      -> [UInt8]?
    {
      let larger = ["--hidden", "64", "--batch", "16"]
      let result = try RondoProcess(arguments(name, larger + options), environment: environment).wait()
      if result.status == 64 { return nil }
      try #require(result.status == 0, "\(result.messages)")
      return try self.weights(name)
    }
    let expected = try #require(try weights("one", ["--threads", "1"]))
    #expect(try weights("two", ["--threads", "2"]) == expected)
    #if arch(x86_64)
    // Where there is no AVX-512, the first run was with AVX2 itself; where there is no AVX2 either, there is nothing to compare.
    if let avx2 = try weights("avx2", [], ["RONDO_ISA": "avx2"]) { #expect(avx2 == expected) }
    #endif
  }
}
