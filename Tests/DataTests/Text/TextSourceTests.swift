import Foundation
import RondoData
import RondoTestSupport
import Testing

@Suite struct TextSourceTests {
  let folder = TemporaryFolder()

  /// Whatever the size of the buffer, the pieces make up the text, and each is whole: valid UTF-8, and no word is cut.
  @Test func piecesAreWhole() throws {
    let text =
      "ä 世界 🎼🎼 a-rather-long-word-of-forty-two-bytes-äöü\\t x\n\n" + String(repeating: "é", count: 30)
    let source = try TextSource(folder.file("text", text))
    for size in 8...80 {
      for cut in [TextSource.Cut.bytes, .scalars, .words] {
        var pieces: [[UInt8]] = []
        try source.forEachPiece(cut, size: size) { pieces.append(Array($0)) }
        #expect(Array(pieces.joined()) == Array(text.utf8), "size \(size), \(cut)")
        if cut != .bytes { #expect(pieces.allSatisfy { String(validating: $0, as: UTF8.self) != nil }) }
        if cut == .words {
          #expect(pieces.dropLast().allSatisfy { $0.last == 0x20 || $0.last == 0x0A }, "size \(size)")
        }
      }
    }
  }

  @Test func byteOrderMarkIsNotText() throws {
    let source = try TextSource(folder.file("text", "\u{FEFF}a\u{FEFF}"))
    var text: [UInt8] = []
    try source.forEachPiece(.scalars) { text += $0 }
    #expect(text == Array("a\u{FEFF}".utf8))
    var bytes: [UInt8] = []
    try source.forEachPiece(.bytes) { bytes += $0 }
    #expect(bytes == Array("\u{FEFF}a\u{FEFF}".utf8))
  }

  @Test func errorsHaveAPlaceInLaterPieces() throws {
    let bytes =
      Array(String(repeating: "line\n", count: 20).utf8) + Array("ab".utf8) + [0xC0] + Array("cd".utf8)
    let path = folder.file("text", bytes)
    for size in [8, 16, 33, 1 << 20] {
      let error = #expect(throws: FormatError.self) {
        try TextSource(path).forEachPiece(.scalars, size: size) { _ in }
      }
      #expect(error?.place == .init(path, line: 21, offset: 102), "size \(size)")
    }
  }

  @Test func emptyAndMissing() throws {
    let empty = folder.file("empty", "")
    let error = #expect(throws: FormatError.self) { try TextSource(empty) }
    #expect(error?.description == "\(empty): expected text, found an empty file.")
    #expect(throws: FormatError.self) { try TextSource("", name: "text") }
    #expect(throws: FileError(.read, folder("none"), .missing)) { try TextSource(folder("none")) }
    #expect(throws: FileError(.read, folder.path, .directory)) { try TextSource(folder.path) }
  }

  @Test func checksums() throws {
    let path = folder.file("text", "abc")
    #expect(try TextSource(path).checksum() == SHA256.hash(Array("abc".utf8)))
    #expect(try TextSource("abc", name: "text").checksum() == SHA256.hash(Array("abc".utf8)))
    #expect(try TextSource(path).path == path)
  }

  /// A pipe can be read once; what it held is kept.
  @Test func pipesAreKept() throws {
    let path = folder("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let writer = Thread {
      let file = FileHandle(forWritingAtPath: path)
      file?.write(Data("some text\n".utf8))
      try? file?.close()
    }
    writer.start()
    let source = try TextSource(path)
    for _ in 0..<2 {
      var text: [UInt8] = []
      try source.forEachPiece(.words) { text += $0 }
      #expect(text == Array("some text\n".utf8))
    }
    #expect(source.path == nil)
  }
}
