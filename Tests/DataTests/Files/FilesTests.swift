import Foundation
import RondoData
import RondoTestSupport
import Testing

@Suite struct FilesTests {
  let folder = TemporaryFolder()

  @Test func readsWhatIsThere() throws {
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let path = folder.file("data", bytes)
    #expect(try Files.read(path) == bytes)
    #expect(try Files.checksum(path) == SHA256.hash(bytes))
    #expect(try Files.read(folder.file("empty", [])) == [])
    #expect(try Files.readText(folder.file("text", "Grüße 🎼\n")) == "Grüße 🎼\n")
  }

  @Test func errorsNameTheFileAndTheReason() throws {
    #expect(throws: FileError(.read, folder("none"), .missing)) { try Files.read(folder("none")) }
    #expect(throws: FileError(.read, folder.path, .directory)) { try Files.read(folder.path) }
    #expect(throws: FileError(.read, "", .missing)) { try Files.read("") }
    #expect(throws: FileError(.read, "a\0b", .missing)) { try Files.read("a\0b") }
    let file = folder.file("file", "x")
    #expect(throws: FileError(.read, file + "/y", .notADirectory)) { try Files.read(file + "/y") }
    let long = folder(String(repeating: "n", count: 300))
    #expect(throws: FileError(.read, long, .nameTooLong)) { try Files.read(long) }
    #expect(
      FileError(.read, "notes.txt", .missing).description
        == "cannot read notes.txt: there is no such file. Check the name and the folder.")
  }

  /// Root may read everything, so the test means something for ordinary users only.
  @Test(.enabled(if: geteuid() != 0, "root has every permission"))
  func noPermission() throws {
    let path = folder.file("secret", "x")
    chmod(path, 0)
    #expect(throws: FileError(.read, path, .permission)) { try Files.read(path) }
  }

  @Test func largerThanTheLimit() throws {
    let path = folder.file("large", Array(repeating: 0, count: 1001))
    #expect(try Files.read(path, limit: 1001).count == 1001)
    let error = #expect(throws: FormatError.self) { try Files.read(path, limit: 1000) }
    #expect(error?.description == "\(path): expected at most 1000 bytes, found more.")
    // A file that claims more than the usual limit without having it, where the file system knows such files.
    if truncate(path, (1 << 30) + 1) == 0 {
      #expect(throws: FormatError.self) { try Files.read(path) }
    }
  }

  @Test func whatIsNotTextIsPlaced() throws {
    let latin = folder.file("latin", Array("one\ntwo\nthr".utf8) + [0xFF] + Array("ee".utf8))
    var error = #expect(throws: FormatError.self) { try Files.readText(latin) }
    #expect(error?.place == .init(latin, line: 3, offset: 11))
    #expect(
      error?.description == "\(latin), line 3, byte 11: expected UTF-8 text, found the byte 0xFF. "
        + "If it is text in another encoding, convert it first, for example with iconv.")
    error = #expect(throws: FormatError.self) { try Files.readText(folder.file("cut", [0x61, 0xE2, 0x82])) }
    #expect(error?.found == "the end of the file within a character")
    error = #expect(throws: FormatError.self) { try Files.readText(folder.file("binary", [0x61, 0, 0x62])) }
    #expect(error?.found == "a binary file (it has a zero byte)")
    error = #expect(throws: FormatError.self) {
      try Files.readText(folder.file("wide", [0xFF, 0xFE, 0x61, 0]))
    }
    #expect(error?.found == "the mark of UTF-16")
  }

  @Test func directories() throws {
    try Files.makeDirectory(folder("a/b/c/"))
    try Files.makeDirectory(folder("a/b"))
    #expect(folder.names == ["a"])
    #expect(try Files.read(folder.file("a/b/c/file", "x")).count == 1)
    let file = folder("a/b/c/file")
    #expect(throws: FileError(.write, file, .notADirectory)) { try Files.makeDirectory(file) }
    #expect(throws: FileError(.write, file, .notADirectory)) { try Files.makeDirectory(file + "/d") }
    #expect(throws: FileError(.write, "", .missing)) { try Files.makeDirectory("") }
  }
}
