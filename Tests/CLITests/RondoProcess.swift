import Foundation
import RondoCore
import RondoTestSupport
import Testing

/// The program as people run it: the executable that the build put beside the tests.
final class RondoProcess {
  /// How a run ended and what it wrote.
  struct Result {
    let status: Int32
    /// Whether a signal ended it.
    let wasKilled: Bool
    let output: String
    let messages: String
  }

  private let process = Process()
  private let output: TemporaryFile
  private let messages: TemporaryFile

  static let path: String = {
    // The tests run from a bundle in the folder of the build, or from a helper that names the bundle as an argument.
    for argument in CommandLine.arguments {
      var folder = URL(fileURLWithPath: argument).resolvingSymlinksInPath()
      while folder.path != "/" {
        folder.deleteLastPathComponent()
        let candidate = folder.appendingPathComponent("rondo").path
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory),
          !isDirectory.boolValue,
          FileManager.default.isExecutableFile(atPath: candidate)
        {
          return candidate
        }
      }
    }
    fatalError("there is no rondo beside the tests in \(CommandLine.arguments)")
  }()

  /// A file that goes away with this object.
  private final class TemporaryFile {
    let path = NSTemporaryDirectory() + "rondo-stream-\(UUID().uuidString)"

    init() { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    var text: String { String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self) }
  }

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - environment: Variables added to those of the tests.
  ///   - shell: A command line of `sh` that ends in `exec "$@"`, for limits that are set around the program.
  init(
    _ arguments: [String], environment: [String: String] = [:], input: String? = nil, shell: String? = nil
  ) throws {
    output = TemporaryFile()
    messages = TemporaryFile()
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", shell, "sh", Self.path] + arguments
    } else {
      process.executableURL = URL(fileURLWithPath: Self.path)
      process.arguments = arguments
    }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = FileHandle(forWritingAtPath: output.path)!
    process.standardError = FileHandle(forWritingAtPath: messages.path)!
    if let input {
      let pipe = Pipe()
      process.standardInput = pipe
      try process.run()
      try? pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try? pipe.fileHandleForWriting.close()
    } else {
      process.standardInput = FileHandle.nullDevice
      try process.run()
    }
  }

  var identifier: Int32 { process.processIdentifier }

  func send(_ signal: Int32) { kill(identifier, signal) }

  var isRunning: Bool { process.isRunning }

  /// Waits for the end.
  func wait() -> Result {
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, wasKilled: process.terminationReason == .uncaughtSignal,
      output: output.text, messages: messages.text)
  }
}

/// Runs the program to its end.
@discardableResult
func rondo(
  _ arguments: String..., environment: [String: String] = [:], input: String? = nil, shell: String? = nil
) throws -> RondoProcess.Result {
  try RondoProcess(arguments, environment: environment, input: input, shell: shell).wait()
}

/// A run that ended with one clear message, exit code 1 or 64, and nothing on standard output.
func expectRefused(
  _ result: RondoProcess.Result, naming words: String..., sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(
    !result.wasKilled && (result.status == 1 || result.status == 64), "\(result)",
    sourceLocation: sourceLocation)
  #expect(result.output.isEmpty, sourceLocation: sourceLocation)
  #expect(
    result.messages.split(separator: "\n").count <= 3, "\(result.messages)", sourceLocation: sourceLocation)
  for word in words {
    #expect(result.messages.contains(word), "\(result.messages)", sourceLocation: sourceLocation)
  }
  for word in ["Fatal error", "Optional(", "Error Domain", ".swift:"] {
    #expect(!result.messages.contains(word), sourceLocation: sourceLocation)
  }
}

/// The options of a model that is trained in a moment.
let smallModel = ["--hidden", "8", "--layers", "1", "--batch", "4", "--length", "16", "--seed", "3"]

/// A text with some order in it.
let sampleText: String = {
  let random = RandomSource(seed: 1)
  let words = ["moon", "river", "stone", "bird", "garden", "letter", "window", "road"]
  return (0..<400).map { line in
    let pick = (0..<4).map { words[random.index(below: 8, stream: UInt64($0), position: UInt64(line))] }
    return "the \(pick[0]) and the \(pick[1]) see the \(pick[2])\n"
  }.joined()
}()
