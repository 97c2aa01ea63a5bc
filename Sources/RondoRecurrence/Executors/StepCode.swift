import CRondoKernels
import RondoCore

/// What a session runs in each step: the works of all its layers with their addresses in memory, found once when the session is opened.
///
/// A plan runs over any walk; finding its rows costs as much as a step of a small cell. In a session every step is alike, so here they are found.
final class StepCode: PartRunner {
  /// A kernel with its arguments. Nothing in it is counted by reference, so that running it costs the kernel alone.
  private struct Work {
    enum Kind { case product, program, copy }
    var kind: Kind
    var rows = 0
    var x: UnsafePointer<Float>?
    var xStride = 0
    var out: UnsafeMutablePointer<Float>?
    var outStride = 0
    // Products.
    var outputs = 0
    var depth = 0
    var weight: UnsafePointer<Float>?
    var start: UnsafePointer<Float>?
    var startStride = 0
    // Programs.
    var program: UnsafePointer<rondo_row_program>?
    var streams: UnsafePointer<rondo_stream>?
    var scratch: UnsafeMutablePointer<Float>?

    /// The memory of a product: what it reads, what it begins with and what it writes, from the first row to the last.
    var read: Range<UInt> { addresses(x, xStride, depth) }
    var begun: Range<UInt> { addresses(start, startStride, outputs) }
    var written: Range<UInt> { addresses(UnsafePointer(out), outStride, outputs) }

    private func addresses(_ base: UnsafePointer<Float>?, _ stride: Int, _ columns: Int) -> Range<UInt> {
      let first = UInt(bitPattern: base)
      return first..<first
        + (base == nil ? 0 : UInt(((rows - 1) * stride + columns) * MemoryLayout<Float>.size))
    }
  }

  /// Works that follow each other and are divided among threads together, or one that is not divided.
  private struct Stage {
    var works: Range<Int>
    var parts: Int
    /// Whether it takes long enough to wake a thread for it.
    var isLong: Bool
  }

  private let works: UnsafeMutableBufferPointer<Work>
  private let stages: UnsafeMutableBufferPointer<Stage>
  private let isShared: Bool
  private let streams: [UnsafeMutablePointer<rondo_stream>]
  /// When the last step ended, where stages are shared.
  private var lastEnd: ContinuousClock.Instant?
  private var current = Stage(works: 0..<0, parts: 1, isLong: false)

  /// Operations of a stage from which on a second thread saves more than it costs to hand over a part, and to wake it.
  private static let smallestShared = 200_000
  private static let smallestWaking = 4_000_000
  /// Steps that follow each other faster than this make it worth to wake a thread for the next ones.
  private static let shortestPause = Duration.microseconds(20)

  /// Nil if a layer reads memories, whose slots differ from stream to stream.
  init?(_ runners: [Runner<VectorExecutor>], streams: Int) {
    var finder = Finder(streamCount: streams)
    for runner in runners {
      guard finder.append(runner) else {
        finder.discard()
        return nil
      }
    }
    // Threads without a processor of their own would only be in the way.
    let found = finder.stages(threadCount: min(Parallel.threadCount, Machine.processorCount))
    works = .allocate(capacity: finder.works.count)
    _ = works.initialize(from: finder.works)
    stages = .allocate(capacity: found.count)
    _ = stages.initialize(from: found)
    isShared = found.contains { $0.parts > 1 }
    self.streams = finder.streams
    super.init()
    runsParts { [unowned(unsafe) self] part, _ in runPart(part) }
  }

  deinit {
    works.deallocate()
    stages.deallocate()
    for streams in streams { streams.deallocate() }
  }

  /// One step of all streams.
  func run() {
    guard isShared else { return runAlone(0..<works.count) }
    let follows = lastEnd.map { .now - $0 < Self.shortestPause } ?? false
    for stage in stages {
      if stage.parts == 1 {
        runAlone(stage.works)
      } else {
        current = stage
        runParts(stage.parts, wakes: follows || stage.isLong)
      }
    }
    lastEnd = .now
  }

  private func runAlone(_ range: Range<Int>) {
    for index in range { Self.run(works.baseAddress! + index, part: 0, of: 1) }
  }

  private func runPart(_ part: Int) {
    let stage = current
    for index in stage.works { Self.run(works.baseAddress! + index, part: part, of: stage.parts) }
  }

  private static func run(_ work: UnsafePointer<Work>, part: Int, of parts: Int) {
    let work = work.pointee
    switch work.kind {
    case .product:
      let panels = rondo_panel_count(work.outputs)
      rondo_gemm(
        work.rows, work.outputs, work.depth, work.x, work.xStride, work.weight, panels * part / parts,
        panels * (part + 1) / parts, work.start, work.startStride, work.out, work.outStride)
    case .program: rondo_row_program_run(work.program, work.streams, work.rows, work.scratch)
    case .copy:
      for row in 0..<work.rows {
        (work.out! + row * work.outStride).update(from: work.x! + row * work.xStride, count: work.outputs)
      }
    }
  }
}

extension StepCode {
  /// Finds the addresses of works, and what can be divided among threads.
  private struct Finder {
    let streamCount: Int
    var works: [Work] = []
    var streams: [UnsafeMutablePointer<rondo_stream>] = []

    init(streamCount: Int) { self.streamCount = streamCount }

    func discard() { for streams in streams { streams.deallocate() } }

    mutating func append(_ runner: Runner<VectorExecutor>) -> Bool {
      let segment = Segment(row: 0, place: 0, count: streamCount, before: -1, after: -1)
      for phase in runner.plan.phases where phase.kind == .whole || phase.kind == .loop {
        guard phase.sums.isEmpty else { return false }
        for work in phase.works {
          guard work.domain == .steps || work.domain == .sequences else { return false }
          switch work.action {
          case .product(let x, let index, let start, let out):
            let weight = runner.weights[index]
            let (x, xStride) = runner.pointer(x, segment)
            let (out, outStride) = runner.pointer(out, segment)
            let start = start.map { runner.pointer($0, segment) }
            works.append(
              Work(
                kind: .product, rows: streamCount, x: UnsafePointer(x), xStride: xStride, out: out,
                outStride: outStride, outputs: weight.outputs, depth: weight.depth,
                weight: UnsafePointer(weight.packed), start: start.map { UnsafePointer($0.0) },
                startStride: start?.1 ?? 0))
          case .program(let code):
            let addresses = UnsafeMutablePointer<rondo_stream>.allocate(capacity: max(1, code.streams.count))
            streams.append(addresses)
            for (index, source) in code.streams.enumerated() {
              let stream = runner.stream(source, segment)
              (addresses + index).initialize(
                to: rondo_stream(
                  base: stream.base, row_stride: stream.rowStride, column_stride: stream.columnStride))
            }
            works.append(
              Work(
                kind: .program, rows: streamCount, program: code.program,
                streams: UnsafePointer(addresses), scratch: runner.scratch(0)))
          case .outer, .total, .overMemory, .accumulate: return false
          }
        }
      }
      // States that no loop carries begin where they ended.
      for (index, buffer) in runner.plan.memory.buffers.enumerated() {
        guard case .initial(let state) = buffer.kind else { continue }
        let final = (0..<streamCount).map { runner.finalState(state, place: $0) }
        works.append(
          Work(
            kind: .copy, rows: streamCount, x: final[0], xStride: streamCount > 1 ? final[1] - final[0] : 0,
            out: runner.regions[index].base, outStride: runner.regions[index].stride,
            outputs: runner.plan.step.states[state].width))
      }
      return true
    }

    /// Products that neither read each other's results nor write what another one reads share a stage; one that begins where another ends
    /// has the same columns in each part.
    func stages(threadCount: Int) -> [Stage] {
      var stages: [Stage] = []
      var index = 0
      while index < works.count {
        var end = index
        var operations = 0
        while end < works.count, works[end].kind == .product {
          let work = works[end]
          let isApart = works[index..<end].allSatisfy { other in
            let goesOn = work.start == UnsafePointer(other.out) && work.outputs == other.outputs
            return !other.written.overlaps(work.read) && !work.written.overlaps(other.read)
              && (goesOn || !other.written.overlaps(work.begun) && !work.written.overlaps(other.begun))
          }
          if !isApart { break }
          operations += 2 * work.rows * work.outputs * work.depth
          end += 1
        }
        if end > index, threadCount > 1, operations >= StepCode.smallestShared {
          stages.append(
            Stage(works: index..<end, parts: threadCount, isLong: operations >= StepCode.smallestWaking))
          index = end
        } else {
          end = max(end, index + 1)
          if let last = stages.last, last.parts == 1, last.works.upperBound == index {
            stages[stages.count - 1].works = last.works.lowerBound..<end
          } else {
            stages.append(Stage(works: index..<end, parts: 1, isLong: false))
          }
          index = end
        }
      }
      return stages
    }
  }
}
