import Foundation
import RondoCore
import RondoRecurrence
import RondoTraining

/// Times single steps of a `Session`, one after the other or with pauses, as samples of a signal arrive.
struct StreamMeasurement {
  /// Microseconds of each step, in order.
  let microseconds: [Double]

  init(_ cell: any Cell, streams: Int, steps: Int, inputSize: Int, interval: Double?) {
    let builder = Builder(seed: 1)
    let recurrence = Recurrence(builder, cell, inputSize: inputSize)
    let session = Session([recurrence], builder.finish(), streams: streams)
    let input = RecurrenceMeasurement.noise([streams, inputSize])
    var output = Tensor(zeros: [streams, session.outputSize])
    let (x, y) = (input.pointer, output.mutablePointer())
    for _ in 0..<min(100, steps) { session.step(x, into: y) }
    let begin = ContinuousClock.now
    microseconds = (0..<steps).map { step in
      if let interval {
        // By the clock, not after the last step: pauses do not add up.
        Thread.sleep(forTimeInterval: max(0, interval * Double(step) - Self.seconds(since: begin)))
      }
      let start = ContinuousClock.now
      session.step(x, into: y)
      return Self.seconds(since: start) * 1e6
    }
    withExtendedLifetime((input, output)) {}
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
