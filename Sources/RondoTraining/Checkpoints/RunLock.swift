import Foundation
import RondoData

/// The right to train into a directory. The system takes it back when the process ends, however it ends.
package final class RunLock {
  private let folder: FileDescriptor

  /// - Throws: `FileError`, of the kind `inUse` if another process has it.
  init(_ path: String) throws {
    folder = try FileDescriptor.opened(path, .write, O_RDONLY)
    // A program that is just being started holds a copy of every open file for a moment, those of a run that has ended as well.
    var attempts = 0
    while flock(folder.number, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
      attempts += 1
      guard attempts < 30 else { throw FileError(.write, path, .inUse) }
      usleep(10_000)
    }
  }
}
