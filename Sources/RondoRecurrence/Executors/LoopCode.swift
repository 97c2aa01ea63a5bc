/// The works of a loop over time in the form in which a thread goes through them thousands of times: nothing in it is counted by reference.
///
/// A loop over the slots of memories, whose rows differ from step to step, has none.
final class LoopCode<Element> {
  struct Work {
    let reads: Reads
    let isProduct: Bool
    // Products.
    var x: Source
    var start: Source?
    var out: Source
    var weight: UnsafePointer<Element>?
    var outputs = 0
    var depth = 0
    var panelCount = 0
    // Programs.
    var program: Unmanaged<ProgramCode>?
    var streams: UnsafeBufferPointer<StreamSource>
  }

  let works: UnsafeMutableBufferPointer<Work>

  /// - Parameter packed: The weights of products as they will be packed.
  init?(
    _ phase: LoweredPhase, _ plan: Plan, packed: UnsafeMutableBufferPointer<UnsafeMutablePointer<Element>>,
    panelCount: (Int) -> Int
  ) {
    guard phase.kind == .loop, phase.works.allSatisfy({ $0.domain == .steps }) else { return nil }
    let nowhere = Source(buffer: 0, column: 0, mode: .fixed)
    let works = phase.works.map { work -> Work in
      switch work.action {
      case .product(let x, let index, let start, let out):
        let weight = plan.memory.packed[index]
        return Work(
          reads: work.reads, isProduct: true, x: x, start: start, out: out,
          weight: UnsafePointer(packed[index]), outputs: weight.outputs, depth: weight.depth,
          panelCount: panelCount(weight.outputs), streams: UnsafeBufferPointer(start: nil, count: 0))
      case .program(let code, let sources):
        let streams = UnsafeMutableBufferPointer<StreamSource>.allocate(capacity: max(1, sources.count))
        _ = streams.initialize(from: sources)
        // The plan keeps its programs as long as a runner keeps the plan.
        return Work(
          reads: work.reads, isProduct: false, x: nowhere, out: nowhere, program: .passUnretained(code),
          streams: UnsafeBufferPointer(rebasing: streams[..<sources.count]))
      case .outer, .total, .overMemory, .accumulate: fatalError("LoopCode: a sum over rows in a loop")
      }
    }
    self.works = .allocate(capacity: works.count)
    _ = self.works.initialize(from: works)
  }

  deinit {
    for work in works where !work.isProduct { work.streams.baseAddress?.deallocate() }
    works.deallocate()
  }
}
