import Foundation
import RondoData
import RondoTasks
import RondoTestSupport
import RondoTraining
import Testing

/// Model directories that are not as they should be.
@Suite struct TextModelTests {
  /// Trains a model of a few kilobytes.
  private func tinyModel(_ folder: TemporaryFolder) throws {
    try trainModel(
      in: folder, text: String(repeating: "abcab\n", count: 60),
      smallSettings {
        $0.architecture.hidden = [3]
        $0.architecture.embedding = 2
        $0.training.budget = .steps(2)
      })
  }

  private func isRefused(_ folder: TemporaryFolder) -> Bool {
    do {
      _ = try TextModel.load(folder("model"))
      return false
    } catch {
      return error is FormatError || error is FileError
    }
  }

  @Test(arguments: ["model.safetensors", "config.json", "vocabulary.json"])
  func everyCutIsRefused(name: String) throws {
    let folder = TemporaryFolder()
    try tinyModel(folder)
    let whole = try Files.read(folder("model/\(name)"))
    // A final newline may be missing.
    for length in 0..<whole.count - 1 {
      _ = folder.file("model/\(name)", whole[..<length])
      #expect(isRefused(folder), "\(name) cut at byte \(length)")
    }
    try FileManager.default.removeItem(atPath: folder("model/\(name)"))
    #expect(isRefused(folder), "without \(name)")
    _ = folder.file("model/\(name)", whole)
    _ = try TextModel.load(folder("model"))
  }

  @Test func aHeaderThatClaimsTerabytesCostsNothing() throws {
    let folder = TemporaryFolder()
    try tinyModel(folder)
    var bytes = try Files.read(folder("model/model.safetensors"))
    bytes.replaceSubrange(0..<8, with: [0, 0, 0, 0, 0, 16, 0, 0])
    _ = folder.file("model/model.safetensors", bytes)
    #expect(isRefused(folder))
  }

  @Test(arguments: [
    ("\"hidden\" : [\n      3\n    ]", "\"hidden\" : [90000]"),
    ("\"hidden\" : [\n      3\n    ]", "\"hidden\" : [3, 3]"),
    ("\"hidden\" : [\n      3\n    ]", "\"hidden\" : []"),
    ("state h[hiddenSize]", "state g[hiddenSize]"), ("return h", "return 1"),
    ("\"task\" : \"text\"", "\"task\" : \"speech\""),
    ("\"format_version\" : 4", "\"format_version\" : 3"),
    ("\"vocabulary_count\" : 5", "\"vocabulary_count\" : 50000000"),
    ("\"dropout\" : 0.1", "\"dropout\" : 2"), ("\"char\"", "\"letter\""),
  ])
  func aConfigurationThatDoesNotFitIsRefused(original: String, replacement: String) throws {
    let folder = TemporaryFolder()
    try tinyModel(folder)
    let text = try Files.readText(folder("model/config.json"))
    #expect(text.contains(original))
    _ = folder.file("model/config.json", text.replacingOccurrences(of: original, with: replacement))
    #expect(isRefused(folder))
  }

  @Test func aVocabularyOfAnotherModelIsRefused() throws {
    let folder = TemporaryFolder()
    try tinyModel(folder)
    try Vocabulary(.character, of: [TextSource("xyzw", name: "other")]).write(toDirectory: folder("model"))
    #expect(isRefused(folder))
    try Vocabulary(.character, of: [TextSource("xyzwv", name: "other")]).write(toDirectory: folder("model"))
    #expect(isRefused(folder))
  }

  @Test func thePathOfAFileIsNoModel() throws {
    let folder = TemporaryFolder()
    _ = folder.file("model", "text")
    #expect(isRefused(folder))
    #expect(throws: FileError.self) { try TextModel.load(folder("nothing")) }
  }
}
