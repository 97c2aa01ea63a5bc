import ArgumentParser
import Foundation
import RondoCore
import RondoTraining

/// The end of a command that did not succeed: one message on standard error, and an exit code.
enum Failure {
  /// Makes running out of memory a failure like others.
  static func prepare() {
    StoragePool.onExhaustion { bytes in
      stop(
        "there is no memory for \(bytes) more bytes. Choose a smaller model, --batch or --length.", code: 1)
    }
  }

  /// Exit code 64 for wrong options and environment variables, 1 for everything else.
  static func exit(_ error: any Error) -> Never {
    switch error {
    case is BrokenPipe:
      // Whoever read the output has seen enough.
      Foundation.exit(0)
    case is OptionError, is MachineError:
      stop(message(error), code: 64)
    default:
      // Help and wrong usage are the argument parser's to print.
      if RondoCommand.exitCode(for: error) != .failure { RondoCommand.exit(withError: error) }
      stop(message(error), code: 1)
    }
  }

  private static func message(_ error: any Error) -> String {
    // The system's own errors describe themselves for programmers.
    if type(of: error) is NSError.Type || error is CocoaError || error is POSIXError {
      return error.localizedDescription
    }
    return "\(error)"
  }

  private static func stop(_ message: String, code: Int32) -> Never {
    StandardError.write("rondo: \(message)\n")
    Foundation.exit(code)
  }
}
