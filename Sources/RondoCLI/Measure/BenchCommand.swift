import ArgumentParser
import Foundation
import RondoCore
import RondoData
import RondoRecurrence
import RondoTasks
import RondoTraining

/// `rondo bench CELL`
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure one recurrence on this machine.",
    discussion: """
      Times are medians. Operations are counted as two for each weight that a product reads, in each step of each sequence (of an \
      LSTM 2·4·H·(I+H)·B·T), and three times that with the backward pass. The machine's peak is measured in the same minutes, by bursts of multiply-adds between the rounds.
      For a cell without a recurrent product, the rate at which its time loop goes through memory is measured too, beside that of a loop that
      reads and writes the same memory and does nothing else. With --stream, single steps of a session are timed.
      """)

  @Argument(help: "The cell: a name of `rondo cells list`, or a .cell file.")
  var cell: String

  @Option(
    parsing: .unconditional, help: "Sequences side by side. (default: 32; with --stream, 1)",
    transform: OptionParsing.count)
  var batch: Int?

  @Option(
    parsing: .unconditional,
    help: "Time steps. (default: 35; with --stream, 10000, or as many as five seconds of intervals hold)",
    transform: OptionParsing.count)
  var length: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Sequences of unequal lengths, drawn evenly from these.", valueName: "shortest-longest"),
    transform: OptionParsing.countRange)
  var lengths: ClosedRange<Int>?

  @Option(parsing: .unconditional, help: "Width of the input. (default: 256)", transform: OptionParsing.width)
  var input = 256

  @Option(parsing: .unconditional, help: "Width of the state. (default: 256)", transform: OptionParsing.width)
  var hidden = 256

  @OptionGroup(title: "Wrappers") var wrappers: WrapperOptionGroup

  @OptionGroup var threads: ThreadOption

  @Flag(help: "Time single steps.")
  var stream = false

  @Option(
    parsing: .unconditional, help: "With --stream: sessions that step as one batch. (default: 1)",
    transform: OptionParsing.count)
  var streams: Int?

  @Option(
    parsing: .unconditional, help: "With --stream: the time from one step to the next, as 10ms.",
    transform: OptionParsing.duration)
  var interval: Double?

  @Flag(help: "Print the results as one JSON object.")
  var json = false

  func validate() throws {
    if interval != nil, !stream { throw ValidationError("--interval needs --stream") }
    if streams != nil, !stream { throw ValidationError("--streams needs --stream") }
    if streams != nil, batch != nil {
      throw ValidationError("--streams and --batch are the same for --stream: give one")
    }
    if lengths != nil, stream || length != nil {
      throw ValidationError("--lengths goes neither with --length nor with --stream")
    }
  }

  func run() throws {
    threads.apply()
    var options = ArchitectureOptions()
    (options.cell, options.hidden) = (cell, [hidden])
    options.equations = try CellChoice.equations(of: cell)
    wrappers.apply(to: &options)
    let made = try CellChoice.cell(options, inputSize: input)
    let multiplyAdds = trace(made, inputSize: input).multiplyAdds
    let batch = batch ?? streams ?? (stream ? 1 : 32)
    let longest = lengths?.upperBound ?? length ?? (stream ? defaultStepCount : 35)
    var need = MemoryNeed()
    need.add(rows: 2, width: multiplyAdds)
    need.add(rows: stream ? batch : batch * longest, width: 2 * input + 10 * hidden)
    try need.requireAvailable(hint: "Choose smaller sizes.")
    let results =
      stream
      ? measureSteps(made, streams: batch, steps: longest)
      : measureSequences(made, multiplyAdds: multiplyAdds, lengths: drawnLengths(batch, longest))
    let description = description(batch: batch, longest: longest)
    if json { return try StandardOutput.print(.object(description.merged(with: results))) }
    try StandardOutput.print(
      "\(cell), batch \(batch), \(lengths.map { "lengths \($0.lowerBound)-\($0.upperBound)" } ?? "length \(longest)"), input \(input), hidden \(hidden), \(Parallel.threadCount) threads, "
        + Machine.instructionSet)
    for (name, value) in results.members {
      let padded = name.padding(toLength: 16, withPad: " ", startingAt: 0)
      try StandardOutput.print(padded + String(format: "%.4g", value.double ?? .nan))
    }
  }

  /// How long each sequence is.
  private func drawnLengths(_ batch: Int, _ longest: Int) -> [Int] {
    guard let lengths else { return Array(repeating: longest, count: batch) }
    let random = RandomSource(seed: 1)
    return (0..<batch).map {
      lengths.lowerBound + random.index(below: lengths.count, stream: 1, position: UInt64($0))
    }
  }

  private var defaultStepCount: Int { interval.map { Int(min(10_000, max(10, 5 / $0))) } ?? 10_000 }

  private func description(batch: Int, longest: Int) -> JSON.Object {
    [
      "cell": .string(cell), "batch": .integer(batch), "length": .integer(longest),
      "shortest": .integer(lengths?.lowerBound ?? longest), "input": .integer(input),
      "hidden": .integer(hidden), "threads": .integer(Parallel.threadCount),
      "instruction_set": .string(Machine.instructionSet),
    ]
  }

  private func measureSequences(_ cell: any Cell, multiplyAdds: Int, lengths: [Int]) -> JSON.Object {
    var measurement = RecurrenceMeasurement(cell, lengths: lengths, inputSize: input)
    var peak = PeakMeasurement()
    measurement.warmUp()
    for _ in 0..<9 {
      peak.burst()
      measurement.round(seconds: 0.04)
    }
    peak.burst()
    let (forward, train) = (measurement.forwardSeconds.median, measurement.trainSeconds.median)
    let operations = 2 * Double(multiplyAdds) * Double(lengths.reduce(0, +))
    var results: JSON.Object = [
      "forward_ms": .number(forward * 1e3), "train_ms": .number(train * 1e3),
      "forward_gflops": .number(operations / forward / 1e9),
      "train_gflops": .number(3 * operations / train / 1e9), "peak_gflops": .number(peak.gigaflops),
      "peak_fraction": .number(3 * operations / train / 1e9 / peak.gigaflops),
    ]
    if Set(lengths).count == 1,
      let loop = LoopMeasurement(cell, batch: lengths.count, length: lengths[0], inputSize: input)
    {
      results["loop_gbytes_s"] = .number(loop.loopRate)
      results["memory_gbytes_s"] = .number(loop.memoryRate)
    }
    return results
  }

  private func measureSteps(_ cell: any Cell, streams: Int, steps: Int) -> JSON.Object {
    let times = StreamMeasurement(cell, streams: streams, steps: steps, inputSize: input, interval: interval)
      .microseconds
    return [
      "step_us_p50": .number(times.quantile(0.5)), "step_us_p99": .number(times.quantile(0.99)),
      "step_us_p999": .number(times.quantile(0.999)), "step_us_max": .number(times.max()!),
    ]
  }
}

extension JSON.Object {
  /// These members, then the others.
  func merged(with other: JSON.Object) -> JSON.Object {
    var result = self
    for (name, value) in other.members { result[name] = value }
    return result
  }
}
