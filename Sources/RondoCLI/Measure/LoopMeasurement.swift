import RondoCore
import RondoRecurrence
import RondoTraining

/// Times the loop over time of a cell that has no recurrent product, which is as fast as memory lets it be, beside a loop that only reads and
/// writes the same memory.
struct LoopMeasurement {
  /// 10⁹ bytes a second that the loop reads and writes, everything counted once.
  let loopRate: Double
  /// Those of the loop that does nothing else.
  let memoryRate: Double

  /// Nil if the cell has recurrent products or no loop.
  init?(_ cell: any Cell, batch: Int, length: Int, inputSize: Int) {
    let builder = Builder(seed: 1)
    let recurrence = Recurrence(builder, cell, inputSize: inputSize)
    guard let probe = LoopProbe(recurrence, builder.finish(), batch: batch, length: length) else {
      return nil
    }
    var (loop, memory): ([Double], [Double]) = ([], [])
    func seconds(_ body: () -> Void) -> Double {
      let stopwatch = Stopwatch()
      body()
      return stopwatch.seconds
    }
    for _ in 0..<15 {
      loop.append(seconds(probe.runLoop))
      memory.append(seconds(probe.readAndWrite))
    }
    loopRate = Double(probe.bytes) / loop.median / 1e9
    memoryRate = Double(probe.bytes) / memory.median / 1e9
  }
}
