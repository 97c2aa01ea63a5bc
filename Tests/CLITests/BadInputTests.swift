import Foundation
import RondoData
import RondoTestSupport
import Testing

/// Files and directories that are not what they should be: one clear message, exit code 1 or 64, nothing on standard output, nothing lost.
@Suite struct BadInputTests {
  private func train(_ text: String, _ folder: TemporaryFolder, _ options: String...) throws
    -> RondoProcess.Result
  {
    try RondoProcess(["text", "train", text, "-o", folder("model"), "--steps", "3"] + smallModel + options)
      .wait()
  }

  @Test func texts() throws {
    let folder = TemporaryFolder()
    let random = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
    try FileManager.default.createDirectory(atPath: folder("directory"), withIntermediateDirectories: true)
    expectRefused(try train(folder("nothing"), folder), naming: "nothing", "no such file")
    expectRefused(try train(folder("directory"), folder), naming: "directory")
    expectRefused(try train(folder.file("empty", ""), folder), naming: "empty")
    expectRefused(try train(folder.file("binary", random), folder), naming: "binary", "byte")
    let latin = Array("good line\nbad ".utf8) + [0xE4] + Array("line\n".utf8)
    expectRefused(try train(folder.file("latin", latin), folder), naming: "latin, line 2, byte 14", "UTF-8")
    expectRefused(try train(folder.file("short", "hi\n"), folder), naming: "short")
    expectRefused(try train(folder.file("one", String(repeating: "a", count: 4000)), folder), naming: "one")
    #expect(!FileManager.default.fileExists(atPath: folder("model")))
  }

  @Test func theOutputIsAFile() throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    _ = folder.file("model", "precious")
    expectRefused(try train(text, folder), naming: "model")
    #expect(try Files.readText(folder("model")) == "precious")
  }

  @Test func aModelThatIsThereIsKept() throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    #expect(try train(text, folder).status == 0)
    let before = try contents(folder("model"))
    expectRefused(try train(text, folder), naming: "--resume")
    let other = folder.file("other.txt", sampleText + "more\n")
    expectRefused(try train(other, folder, "--resume"), naming: "other files")
    expectRefused(try train(text, folder, "--resume", "--level", "byte"), naming: "level")
    #expect(try contents(folder("model")) == before)
  }

  @Test func modelsThatAreNone() throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    expectRefused(try rondo("text", "evaluate", folder("none"), text, "--json"), naming: "none")
    expectRefused(try rondo("text", "evaluate", text, text), naming: "text.txt")
    expectRefused(try rondo("text", "generate", folder.path, "--prompt", "a"), naming: "config.json")
    #expect(try train(text, folder).status == 0)
    // A run that has not ended.
    for name in ["config.json", "model.safetensors"] {
      try FileManager.default.moveItem(atPath: folder("model/\(name)"), toPath: folder(name))
    }
    expectRefused(try rondo("text", "generate", folder("model")), naming: "has not ended", "--resume")
    for name in ["config.json", "model.safetensors"] {
      try FileManager.default.moveItem(atPath: folder(name), toPath: folder("model/\(name)"))
    }
    expectRefused(try rondo("text", "evaluate", folder("model"), folder("none.txt")), naming: "none.txt")
    expectRefused(try rondo("text", "evaluate", folder("model"), folder.file("empty", "")), naming: "empty")
  }

  @Test(
    .enabled(if: getuid() != 0 || canDropPrivileges, "root without setpriv: permissions do not bind root"))
  func noPermission() throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    chmod(folder.path, 0o755)
    chmod(text, 0o000)
    let drop =
      getuid() == 0 ? "exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"" : "exec \"$@\""
    let unreadable = try RondoProcess(
      ["text", "train", text, "-o", folder("model"), "--steps", "3"] + smallModel, shell: drop
    ).wait()
    expectRefused(unreadable, naming: "text.txt", "permission denied")
    chmod(text, 0o644)
    chmod(folder.path, 0o555)
    let unwritable = try RondoProcess(
      ["text", "train", text, "-o", folder("model"), "--steps", "3"] + smallModel, shell: drop
    ).wait()
    chmod(folder.path, 0o755)
    expectRefused(unwritable, naming: "model", "permission denied")
  }

  @Test func aFullDiskLosesNothing() throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    #expect(try train(text, folder).status == 0)
    let before = try contents(folder("model"))
    // Blocks of 512 bytes: room for the metrics, not for a checkpoint.
    let result = try RondoProcess(
      ["text", "train", text, "-o", folder("model"), "--resume", "--steps", "9"],
      shell: "ulimit -f 8; exec \"$@\""
    ).wait()
    #expect(!result.wasKilled && result.status == 1)
    #expect(result.messages.contains("run.safetensors") && result.messages.contains("untouched"))
    var after = try contents(folder("model"))
    after["metrics.jsonl"] = before["metrics.jsonl"]
    #expect(after == before)
    let resumed = try RondoProcess(["text", "train", text, "-o", folder("model"), "--resume", "--steps", "9"])
      .wait()
    #expect(resumed.status == 0)
  }

  /// A message must never end up in a file that was opened in its place.
  @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"]) func closedStandardStreams(redirection: String)
    throws
  {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    let result = try RondoProcess(
      ["text", "train", text, "-o", folder("model"), "--steps", "3"] + smallModel,
      shell: "\"$@\" \(redirection)"
    ).wait()
    #expect(!result.wasKilled)
    let lines = try Files.readText(folder("model/metrics.jsonl")).split(separator: "\n")
    #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("{\"step\":") })
    #expect(try rondo("text", "evaluate", folder("model"), text).status == 0)
  }

  @Test func onlyOneRunTrainsInADirectory() throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    let arguments = ["text", "train", text, "-o", folder("model")] + smallModel
    let first = try RondoProcess(arguments + ["--time-limit", "1h"])
    while first.isRunning, (try? Files.read(folder("model/metrics.jsonl"))) == nil {
      Thread.sleep(forTimeInterval: 0.01)
    }
    expectRefused(
      try RondoProcess(arguments + ["--time-limit", "1h", "--resume"]).wait(), naming: "another process")
    first.send(SIGKILL)
    _ = first.wait()
  }

  @Test func aTimeLimitTooShortForAStep() throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    expectRefused(
      try RondoProcess(["text", "train", text, "-o", folder("model"), "--time-limit", "1ms"] + smallModel)
        .wait(),
      naming: "time limit")
    #expect(folder.names == ["text.txt"])
  }

  @Test func aLearningRateThatDiverges() throws {
    let folder = TemporaryFolder()
    let text = folder.file("text.txt", sampleText)
    let result = try train(
      text, folder, "--optimizer", "sgd", "--learning-rate", "1e30", "--clip", "none", "--schedule",
      "constant")
    #expect(result.status == 1)
    #expect(result.messages.contains("step ") && result.messages.contains("diverged"))
    // Nothing was saved: the same directory can be used again.
    #expect(try train(text, folder).status == 0)
  }

  /// The files of a directory by their path in it.
  private func contents(_ path: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in FileManager.default.enumerator(atPath: path)!.compactMap({ $0 as? String }) {
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: "\(path)/\(name)", isDirectory: &isDirectory)
      if !isDirectory.boolValue { files[name] = try Files.read("\(path)/\(name)") }
    }
    return files
  }

  private static var canDropPrivileges: Bool {
    FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
  }
}
