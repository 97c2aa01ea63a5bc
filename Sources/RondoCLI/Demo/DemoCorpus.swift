import Foundation
import RondoCore
import RondoTraining

/// Text that is certainly there: the sources and documents of the project that the command is run in.
struct DemoCorpus {
  /// Paths of text files, in an order in which neighbours have nothing in common.
  let files: [String]
  /// The largest of them.
  let largest: String
  /// What people are told that it is.
  let description: String

  private static let extensions: Set<String> = [
    "swift", "md", "txt", "c", "h", "py", "rs", "js", "go", "java",
  ]
  /// Bytes that are enough, and those below which there is nothing to learn.
  private static let enough = 2_000_000
  private static let tooLittle = 50_000

  /// One file that was named.
  init(file: String) {
    files = [file]
    largest = file
    description = file
  }

  /// The files of the project around a directory: the nearest folder above with a `Package.swift` or a `.git`.
  init(around directory: String) throws(OptionError) {
    guard let root = Self.root(above: directory) else {
      throw .conflict("there is no project around \(directory) to learn from. Name a text: rondo demo FILE")
    }
    var chosen: [(path: String, size: Int)] = []
    var bytes = 0
    for file in Self.textFiles(in: root) where bytes < Self.enough {
      chosen.append(file)
      bytes += file.size
    }
    guard bytes >= Self.tooLittle else {
      throw .conflict("\(root) has only \(bytes) bytes of text to learn from. Name a text: rondo demo FILE")
    }
    files = chosen.map(\.path)
    largest = chosen.max { $0.size < $1.size }!.path
    description = "the \(chosen.count) sources and documents in \(root)"
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

  /// All text files, ordered by a hash of their path: the end of the text, which is held out, is then like the rest of it.
  private static func textFiles(in root: String) -> [(path: String, size: Int)] {
    let keys: [URLResourceKey] = [.isRegularFileKey, .fileSizeKey]
    guard
      let walk = FileManager.default.enumerator(
        at: URL(fileURLWithPath: root), includingPropertiesForKeys: keys, options: [.skipsHiddenFiles])
    else { return [] }
    var found: [(path: String, size: Int, order: UInt64)] = []
    for case let url as URL in walk where extensions.contains(url.pathExtension) {
      guard let values = try? url.resourceValues(forKeys: Set(keys)), values.isRegularFile == true,
        let size = values.fileSize, size > 0, isText(url)
      else { continue }
      let path = url.standardizedFileURL.path
      found.append((path, size, RandomSource.stream(String(path.dropFirst(root.count)))))
    }
    return found.sorted { ($0.order, $0.path) < ($1.order, $1.path) }.map { ($0.path, $0.size) }
  }

  private static func isText(_ url: URL) -> Bool {
    guard let data = try? Data(contentsOf: url), !data.contains(0) else { return false }
    return String(validating: data, as: UTF8.self) != nil
  }
}
