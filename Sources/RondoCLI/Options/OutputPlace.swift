import Foundation
import RondoData
import RondoTasks
import RondoTraining

/// Where results are written.
enum OutputPlace {
  /// Makes sure that a file can be written, and is none of those that are read: before long work, and so that nothing is lost.
  ///
  /// - Parameter model: The directory of a model, whose files are read, too.
  static func require(_ path: String, readFrom files: [String], model: String? = nil) throws {
    let others = files + (model.map(Forecaster.files) ?? [])
    func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    if let same = others.first(where: { resolved($0) == resolved(path) }) {
      throw OptionError.conflict("\(path) would be written over \(same), which is read: choose another place")
    }
    try AtomicFile.requireWritable(path)
  }
}
