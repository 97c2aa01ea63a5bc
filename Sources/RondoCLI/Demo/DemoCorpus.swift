import Foundation
import RondoCore
import RondoTraining

/// Text that is certainly there: the sources and documents of the project that the command is run in.
struct DemoCorpus {
  /// The texts one after the other, in an order in which neighbours have nothing in common.
  let text: [UInt8]
  /// What people are told that it is.
  let description: String

  private static let extensions: Set<String> = [
    "swift", "md", "txt", "c", "h", "py", "rs", "js", "go", "java",
  ]
  /// Bytes that are enough, and those below which there is nothing to learn.
  private static let enough = 2_000_000
  private static let tooLittle = 50_000

  /// The files of the project around a directory: the nearest folder above with a `Package.swift` or a `.git`.
  init(around directory: String) throws(OptionError) {
    guard let root = Self.root(above: directory) else {
      throw .conflict("there is no project around \(directory) to learn from. Name a text: rondo demo FILE")
    }
    var text: [UInt8] = []
    var count = 0
    for file in Self.textFiles(in: root) where text.count < Self.enough {
      guard let bytes = Self.contents(of: file) else { continue }
      text += bytes
      count += 1
    }
    guard text.count >= Self.tooLittle else {
      throw .conflict(
        "\(root) has only \(text.count) bytes of text to learn from. Name a text: rondo demo FILE")
    }
    self.text = text
    description = "the \(count) sources and documents in \(root)"
  }

  private static func root(above directory: String) -> String? {
    var folder = URL(fileURLWithPath: directory).standardizedFileURL
    while true {
      for marker in ["Package.swift", ".git"] {
        if FileManager.default.fileExists(atPath: folder.appendingPathComponent(marker).path) {
          return folder.path
        }
      }
      let parent = folder.deletingLastPathComponent()
      if parent.path == folder.path { return nil }
      folder = parent
    }
  }

  /// All files that may be text, ordered by a hash of their path: the end of the text, which is held out, is then like the rest of it.
  private static func textFiles(in root: String) -> [URL] {
    let keys: [URLResourceKey] = [.isRegularFileKey, .isDirectoryKey]
    guard
      let walk = FileManager.default.enumerator(
        at: URL(fileURLWithPath: root), includingPropertiesForKeys: keys, options: [.skipsHiddenFiles])
    else { return [] }
    var found: [(url: URL, path: String, order: UInt64)] = []
    for case let url as URL in walk {
      let values = try? url.resourceValues(forKeys: Set(keys))
      if values?.isDirectory == true, isModel(url) { walk.skipDescendants() }
      guard values?.isRegularFile == true, extensions.contains(url.pathExtension) else { continue }
      let path = String(url.standardizedFileURL.path.dropFirst(root.count))
      found.append((url, path, RandomSource.stream(path)))
    }
    return found.sorted { ($0.order, $0.path) < ($1.order, $1.path) }.map(\.url)
  }

  /// Whether a folder is what a run of Rondo writes: nobody would want to learn from that.
  private static func isModel(_ folder: URL) -> Bool {
    ["checkpoint", "model.safetensors"].contains {
      FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
    }
  }

  /// The bytes of a file, if they are text, with a newline at their end.
  private static func contents(of file: URL) -> [UInt8]? {
    guard let data = try? Data(contentsOf: file), !data.isEmpty, !data.contains(0),
      String(validating: data, as: UTF8.self) != nil
    else { return nil }
    return Array(data) + (data.last == 0x0A ? [] : [0x0A])
  }
}
