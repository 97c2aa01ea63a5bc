import Foundation
import RondoData

/// Numbers that other programs computed, each file beside the script that wrote it.
public enum Fixtures {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures").path

  /// A file of `Tests/Fixtures`.
  public static func safeTensors(_ name: String) throws -> SafeTensors {
    try SafeTensors(contentsOf: "\(folder)/\(name).safetensors")
  }
}
