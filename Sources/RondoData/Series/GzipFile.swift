import Foundation

/// Reads compressed files through the system's `gzip`.
enum GzipFile {
  /// The bytes of what a file was before it was compressed.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  static func read(_ path: String) throws -> [UInt8] {
    // Whether it is there, in the usual words.
    _ = try FileDescriptor.reading(path)
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", "--", path]
    (process.standardOutput, process.standardError) = (output, errors)
    do { try process.run() } catch {
      throw FormatError(.init(path), expected: "the program gzip to read it with", found: "none")
    }
    let bytes = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw FormatError(
        .init(path), expected: "a file that gzip can read",
        found: quoted(String(message.split(separator: "\n").last ?? "nothing"), limit: 120),
        hint: "Load it anew, or give the file without compression.")
    }
    return bytes
  }
}
