import Foundation

/// A folder of its own for one test, removed when the test is over.
final class TemporaryFolder {
  let path: String

  init() {
    path = NSTemporaryDirectory() + "rondo-data-\(UUID().uuidString)"
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file into it and returns its path.
  func file(_ name: String, _ bytes: some Sequence<UInt8>) -> String {
    try! Data(bytes).write(to: URL(fileURLWithPath: self(name)))
    return self(name)
  }

  func file(_ name: String, _ text: String) -> String { file(name, text.utf8) }

  /// The names of what is in it, hidden files included.
  var names: [String] { try! FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
