import Foundation
import RondoData

/// Numbers that other programs computed, each file beside the script that wrote it.
public enum Fixtures {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures").path

  /// The path of a file of `Tests/Fixtures`.
  public static func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// A safetensors file of `Tests/Fixtures`.
  public static func safeTensors(_ name: String) throws -> SafeTensors {
    try SafeTensors(contentsOf: path("\(name).safetensors"))
  }
}
