import Foundation
import Testing

/// The public data sets that some tests need: in the folder that the environment variable `RONDO_DATA` names.
public enum DataSets {
  static let folder = ProcessInfo.processInfo.environment["RONDO_DATA"]

  /// The path of a data set's file. With `RONDO_DATA` set, a file that is not there fails the test.
  public static func path(_ name: String) throws -> String {
    let path = try #require(folder) + "/" + name
    try #require(FileManager.default.fileExists(atPath: path), "RONDO_DATA has no \(name)")
    return path
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips the test, with a line that says so, unless `RONDO_DATA` names the folder of data sets.
  public static var needsData: Self { .enabled(if: DataSets.folder != nil, "RONDO_DATA is not set") }
}
