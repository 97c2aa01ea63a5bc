import Foundation

/// The command line that is measured.
struct Rondo {
  /// The binary, and where its arguments name files from.
  let binary: URL
  let root: URL
  let scratch: URL

  func measure(_ call: RondoCall) throws -> [String: Double] {
    switch call {
    case .kernel(let kernel): return kernel.measure()
    case .bench(let options):
      let output = try run(
        ["bench"] + options + (options.contains("--threads") ? [] : ["--threads", "2"]) + ["--json"])
      return try numbers(in: output.text)
    case .train(let corpus, let options, let steps):
      let model = scratch.appending(path: "model")
      try? FileManager.default.removeItem(at: model)
      let text = try corpus.file(in: scratch)
      let output = try run(
        [
          "text", "train", text.path, "-o", model.path, "--steps", "\(steps)", "--threads", "2", "--seed",
          "1",
        ] + options)
      let lines = try String(contentsOf: model.appending(path: "metrics.jsonl"), encoding: .utf8)
      let times = try lines.split(separator: "\n").compactMap { try numbers(in: String($0))["step_ms"] }
      guard !times.isEmpty else { throw BenchmarkError("metrics.jsonl of \(options) has no step_ms") }
      return [
        "step_ms": median(times.count > 6 ? Array(times[3...]) : times), "memory_mb": output.peakMegabytes,
      ]
    case .start:
      let model = scratch.appending(path: "small")
      try? FileManager.default.removeItem(at: model)
      let text = try Corpus.tiny.file(in: scratch)
      let start = ContinuousClock.now
      _ = try run([
        "text", "train", text.path, "-o", model.path, "--steps", "1", "--hidden", "32", "--layers", "1",
        "--batch", "4",
        "--length", "16",
      ])
      return ["seconds": (ContinuousClock.now - start) / .seconds(1)]
    }
  }

  /// Runs the binary to its end and watches how much memory it takes.
  private func run(_ arguments: [String]) throws -> (text: String, peakMegabytes: Double) {
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    process.currentDirectoryURL = root
    let (output, errors) = (scratch.appending(path: "output"), scratch.appending(path: "errors"))
    for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    var peak = 0.0
    while process.isRunning {
      peak = max(peak, residentPeak(of: process.processIdentifier) ?? 0)
      usleep(2000)
    }
    let text = try String(contentsOf: output, encoding: .utf8)
    guard process.terminationStatus == 0 else {
      throw BenchmarkError("rondo \(arguments.joined(separator: " ")) failed" + lastWords(in: errors))
    }
    return (text, peak)
  }

  /// The largest resident size of a process so far in megabytes, where the system tells it.
  private func residentPeak(of process: Int32) -> Double? {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(separator: " ").dropLast().last.flatMap({ Double($0) })
    else { return nil }
    return kilobytes / 1024
  }
}

/// The numbers of a JSON object.
func numbers(in text: String) throws -> [String: Double] {
  guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
    throw BenchmarkError("no JSON object: \(text.prefix(200))")
  }
  return object.compactMapValues { ($0 as? NSNumber)?.doubleValue }
}

/// The last line of what a program said of its errors.
func lastWords(in file: URL) -> String {
  let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
  return text.split(separator: "\n").last.map { ": \($0)" } ?? ""
}

struct BenchmarkError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
