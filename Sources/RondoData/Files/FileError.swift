#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What the operating system refused to do with a file: which file, what was tried, why, and what to do about it.
///
/// What is wrong *inside* a file is a ``FormatError``.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was tried.
  public enum Action: String, Hashable, Sendable {
    case read
    case write
  }

  /// Why it did not work.
  public enum Problem: Hashable, Sendable {
    /// There is no such file; in writing, no such folder.
    case missing
    /// It is a directory.
    case directory
    /// A part of the path, or what should be a directory, is a file.
    case notADirectory
    /// This user has no right to it.
    case permission
    /// Its file system cannot be written to.
    case readOnly
    /// There is no room on the disk, or in the user's quota.
    case diskFull
    /// It would become larger than `ulimit -f` allows.
    case fileSizeLimit
    /// The file system has no names of this length.
    case nameTooLong
    /// Another process is writing it.
    case inUse
    /// It did not stay the same while it was read.
    case changed
    /// Nobody reads what is written.
    case brokenPipe
    /// Anything else, in the system's own words.
    case other(String)
  }

  /// The file as the user named it, or "standard input".
  public let path: String
  /// What was tried.
  public let action: Action
  /// Why it did not work.
  public let problem: Problem

  /// An error about a file as the user named it.
  public init(_ action: Action, _ path: String, _ problem: Problem) {
    self.action = action
    self.path = path
    self.problem = problem
  }

  /// The problem behind a value of `errno`.
  init(_ action: Action, _ path: String, errno code: Int32) {
    let problem: Problem =
      switch code {
      case ENOENT: .missing
      case EISDIR: .directory
      case ENOTDIR: .notADirectory
      case EACCES, EPERM: .permission
      case EROFS: .readOnly
      case ENOSPC, EDQUOT: .diskFull
      case EFBIG: .fileSizeLimit
      case ENAMETOOLONG: .nameTooLong
      case EPIPE: .brokenPipe
      default: .other(String(cString: strerror(code)))
      }
    self.init(action, path, problem)
  }

  /// One or two sentences: what was tried with which file, what stood in the way, what to do.
  public var description: String { "cannot \(action.rawValue) \(path): \(reason)" }

  private var reason: String {
    switch (problem, action) {
    case (.missing, .read): "there is no such file. Check the name and the folder."
    case (.missing, .write): "its folder does not exist. Create the folder first."
    case (.directory, .read): "it is a directory. Name a file in it."
    case (.directory, .write): "a directory has that name. Choose another name."
    case (.notADirectory, .read): "a part of the path is a file, not a directory."
    case (.notADirectory, .write): "a file is where a directory should be. Choose another name."
    case (.permission, .read): "permission denied. Ask its owner for the right to read it."
    case (.permission, .write): "permission denied. Choose a place that you may write to."
    case (.readOnly, _): "the file system is read-only. Choose another place."
    case (.diskFull, _): "the disk is full. Make room and try again; what was saved before is untouched."
    case (.fileSizeLimit, _):
      "it would grow beyond the largest size allowed for a file (ulimit -f). What was saved before is untouched."
    case (.nameTooLong, _): "the name is too long."
    case (.brokenPipe, _): "nobody reads it any more."
    case (.inUse, _): "another process is writing it. Wait for that one to end."
    case (.changed, _): "it changed while it was being read. Try again when it is complete."
    case (.other(let message), _): "\(message)."
    }
  }
}
