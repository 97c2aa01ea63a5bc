import Foundation
import RondoData

/// The right to train into a directory. The system takes it back when the process ends, however it ends.
package final class RunLock {
  private let folder: FileDescriptor

  /// - Throws: `FileError`, of the kind `inUse` if another process has it.
  init(_ path: String) throws {
    folder = try FileDescriptor.opened(path, .write, O_RDONLY)
    guard flock(folder.number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      throw FileError(.write, path, .inUse)
    }
  }
}
