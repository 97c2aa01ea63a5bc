import Foundation
import RondoData
import RondoTestSupport
import Testing

@Suite struct AtomicFileTests {
  let folder = TemporaryFolder()

  @Test func writesAndReplaces() throws {
    let path = folder("file")
    try AtomicFile.write("first", to: path)
    #expect(try Files.readText(path) == "first")
    try AtomicFile.write("2nd", to: path)
    #expect(try Files.readText(path) == "2nd")
    #expect(folder.names == ["file"])
  }

  @Test func whatFailsHalfWayLeavesTheOldFile() throws {
    struct Failure: Error, Equatable {}
    let path = folder.file("file", "old")
    #expect(throws: Failure()) {
      try AtomicFile.write(to: path) { output in
        try output.write(Array("new".utf8))
        throw Failure()
      }
    }
    #expect(try Files.readText(path) == "old")
    #expect(folder.names == ["file"])
  }

  @Test func whatAKilledProcessLeftIsTakenOver() throws {
    _ = folder.file(".file.partial", String(repeating: "rest of a long dead process", count: 100))
    try AtomicFile.write("new", to: folder("file"))
    #expect(try Files.readText(folder("file")) == "new")
    #expect(folder.names == ["file"])
  }

  @Test func oneWriterAtATime() throws {
    let path = folder("file")
    try AtomicFile.write(to: path) { output in
      try output.write(Array("outer".utf8))
      #expect(throws: FileError(.write, path, .inUse)) { try AtomicFile.write("inner", to: path) }
    }
    #expect(try Files.readText(path) == "outer")
  }

  @Test func permissionsAndLinksAreKept() throws {
    let path = folder.file("file", "old")
    chmod(path, 0o640)
    symlink("file", folder("link"))
    try AtomicFile.write("new", to: folder("link"))
    #expect(try Files.readText(path) == "new")
    #expect(folder.names == ["file", "link"])
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    let link = try FileManager.default.destinationOfSymbolicLink(atPath: folder("link"))
    #expect(link == "file")
  }

  @Test func errorsNameTheFileAndTheReason() throws {
    #expect(throws: FileError(.write, folder.path, .directory)) { try AtomicFile.write("x", to: folder.path) }
    let lost = folder("no/file")
    #expect(throws: FileError(.write, lost, .missing)) { try AtomicFile.write("x", to: lost) }
    let file = folder.file("file", "old")
    #expect(throws: FileError(.write, file + "/x", .notADirectory)) {
      try AtomicFile.write("x", to: file + "/x")
    }
    #expect(folder.names == ["file"])
  }

  @Test(.enabled(if: geteuid() != 0, "root has every permission"))
  func noPermission() throws {
    let path = folder.file("file", "old")
    chmod(path, 0o444)
    #expect(throws: FileError(.write, path, .permission)) { try AtomicFile.write("x", to: path) }
    chmod(folder.path, 0o555)
    #expect(throws: FileError(.write, folder("new"), .permission)) {
      try AtomicFile.write("x", to: folder("new"))
    }
    chmod(folder.path, 0o755)
    #expect(try Files.readText(path) == "old")
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full on this system"))
  func fullDevice() {
    #expect(throws: FileError(.write, "/dev/full", .diskFull)) { try AtomicFile.write("x", to: "/dev/full") }
  }

  /// The limit is far above what other tests write, because it holds for the whole process.
  @Test func fileSizeLimit() throws {
    let path = folder.file("file", "old")
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit()
    #if canImport(Darwin)
    let resource = RLIMIT_FSIZE
    #else
    let resource = Int32(RLIMIT_FSIZE.rawValue)
    #endif
    getrlimit(resource, &limit)
    var lower = limit
    lower.rlim_cur = 64 << 20
    setrlimit(resource, &lower)
    defer { setrlimit(resource, &limit) }
    let block = [UInt8](repeating: 1, count: 1 << 20)
    #expect(throws: FileError(.write, path, .fileSizeLimit)) {
      try AtomicFile.write(to: path) { output in for _ in 0..<65 { try output.write(block) } }
    }
    #expect(try Files.readText(path) == "old")
    #expect(folder.names == ["file"])
  }
}
