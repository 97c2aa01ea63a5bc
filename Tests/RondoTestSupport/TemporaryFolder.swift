import Foundation

/// A folder of its own for one test, removed when the test is over.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() {
    path = NSTemporaryDirectory() + "rondo-test-\(UUID().uuidString)"
    try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file into it and returns its path.
  public func file(_ name: String, _ bytes: some Sequence<UInt8>) -> String {
    try! Data(bytes).write(to: URL(fileURLWithPath: self(name)))
    return self(name)
  }

  public func file(_ name: String, _ text: String) -> String { file(name, text.utf8) }

  /// The names of what is in it, hidden files included.
  public var names: [String] { try! FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
