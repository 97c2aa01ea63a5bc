import CRondoKernels
import RondoCore

/// One plan with memory for batches of one size: what runs a pass over a batch, a chunk or a single step.
///
/// Not `Sendable`: one pass at a time.
package final class Runner<E: Executor>: PartRunner {
  package typealias Element = E.Element

  package let plan: Plan
  package let rowCount: Int
  package let placeCount: Int
  /// For each further input the rows of its slots that there is memory for: of the sequences, and of all steps.
  private let slotCounts: [(rows: Int, total: Int)]
  private let storage: Tensor
  let regions: UnsafeMutableBufferPointer<Region<Element>>
  /// The plan's packed weights.
  let weights: UnsafeMutableBufferPointer<Preparation<E>.Weight>
  private let preparation: Preparation<E>
  private let scratchSize: Int
  private let scratches: UnsafeMutablePointer<Element>
  let threadCount: Int
  private let streamCount: Int
  private let streams: UnsafeMutablePointer<Stream<Element>>
  private(set) var walk: Walk
  private var forwardIsUpwards = true
  private var job = Job.none
  private var partCount = 1

  /// What is divided among threads at the moment.
  enum Job {
    case none
    /// A work of a whole phase, by the rows it walks, the panels of its weight or the rows of its result.
    case rows(LoweredWork)
    case panels(LoweredWork)
    case results(LoweredWork)
    /// A loop, by sequences.
    case loop(UnsafeBufferPointer<LoweredWork>)
    /// A loop, whose steps all threads walk side by side.
    case steps(UnsafeBufferPointer<LoweredWork>, Crew)
  }

  /// With memory for a walk and its chunks.
  ///
  /// - Parameters:
  ///   - chunks: The steps that are walked at a time.
  ///   - preparation: What is made of parameters alone, its own if not given.
  package convenience init(
    _ plan: Plan, for walk: Walk, chunks: [Range<Int>]? = nil, preparation: Preparation<E>? = nil
  ) {
    let layout = walk.layout
    let chunks = chunks ?? [0..<layout.stepCount]
    func largest(_ offsets: [Int]) -> Int {
      chunks.map { offsets[$0.upperBound] - offsets[$0.lowerBound] }.max() ?? 0
    }
    self.init(
      plan, rowCount: largest(layout.stepOffsets), placeCount: layout.sequenceCount,
      slotCounts: walk.slots.map { ($0.rowCount, largest($0.stepOffsets)) }, preparation: preparation)
  }

  package init(
    _ plan: Plan, rowCount: Int, placeCount: Int, slotCounts: [(rows: Int, total: Int)] = [],
    preparation: Preparation<E>? = nil
  ) {
    require(
      slotCounts.count == plan.step.further.count,
      "Runner: slots of \(slotCounts.count) further inputs, the plan has \(plan.step.further.count)")
    self.plan = plan
    self.slotCounts = slotCounts
    self.rowCount = rowCount
    self.placeCount = placeCount
    threadCount = Parallel.threadCount
    walk = Walk(SequenceLayout([]), isUpwards: true)

    let preparation = preparation ?? Preparation(plan)
    self.preparation = preparation
    weights = preparation.weights
    // Everything else the run owns lies in one block.
    var layout = MemoryLayoutBuilder()
    let offsets = plan.memory.buffers.map { buffer -> (offset: Int, stride: Int)? in
      let rows: Int
      switch buffer.kind {
      case .rows: rows = rowCount
      case .places, .carry, .initial: rows = placeCount
      case .memoryRows(let memory): rows = slotCounts[memory].rows
      case .slotRows(let memory): rows = slotCounts[memory].total
      case .mask(let index):
        switch plan.step.masks[index].period {
        case .step: rows = rowCount
        case .sequence: rows = placeCount
        case .pass(let count): rows = count
        }
      case .fixed, .input, .output, .further, .parameter, .parameterGradient, .forward: return nil
      }
      return layout.reserve(rows: rows, width: buffer.width)
    }
    var largest = 0
    var widest = 0
    for work in plan.phases.map(\.works).joined() {
      switch work.action {
      case .program(let code):
        largest = max(largest, E.scratchSize(of: code))
        widest = max(widest, code.streams.count)
      case .outer(_, _, _, let width, _, _): largest = max(largest, E.outerScratchSize(width: width))
      default: break
      }
    }
    scratchSize = (largest + 15) / 16 * 16
    let scratchOffset = layout.reserve(scratchSize * threadCount)
    // Threads that write next to each other would wait for each other's cache lines.
    streamCount = (widest + 15) / 16 * 16

    let (storage, arena) = layout.allocate(Element.self)
    self.storage = storage
    regions = .allocate(capacity: offsets.count)
    for (index, place) in offsets.enumerated() {
      let own = place.map { Region(arena + $0.offset, stride: $0.stride) }
      regions.initializeElement(at: index, to: own ?? preparation.regions[index] ?? Region(arena, stride: 0))
    }
    scratches = arena + scratchOffset
    streams = .allocate(capacity: max(1, streamCount * threadCount))
    super.init()
    runsParts { [unowned(unsafe) self] in runPart($0, thread: $1) }
  }

  deinit {
    regions.deallocate()
    streams.deallocate()
  }

  // MARK: Binding

  package func bind(_ kind: Buffer.Kind, _ region: Region<Element>) {
    for (index, buffer) in plan.memory.buffers.enumerated() where buffer.kind == kind {
      regions[index] = region
    }
  }

  package func region(_ kind: Buffer.Kind) -> Region<Element>? {
    plan.memory.buffers.firstIndex { $0.kind == kind }.map { regions[$0] }
  }

  /// Where a value of the plan lies that has a place in memory.
  package func region(of node: NodeID) -> Region<Element> {
    let home = plan.memory.home[node]!
    return Region(regions[home.buffer].base + home.column, stride: regions[home.buffer].stride)
  }

  /// Lets a backward plan read what the forward pass kept.
  package func bindForward(_ forward: Runner<E>) {
    forwardIsUpwards = forward.walk.isUpwards
    for (index, buffer) in plan.memory.buffers.enumerated() {
      if case .forward(let other) = buffer.kind { regions[index] = forward.regions[other] }
    }
  }

  // MARK: Running

  /// Runs the plan over a walk of at most as many rows and sequences as there is memory for.
  package func run(_ walk: Walk) {
    prepare()
    prepare(for: walk)
    walkSteps(walk)
  }

  /// Computes what is made of parameters alone and packs the weights: what stays as it is for every step of every walk.
  package func prepare() {
    if preparation.isComplete { return }
    var isPacked = Array(repeating: false, count: plan.memory.packed.count)
    for phase in plan.phases where phase.kind == .once {
      for work in phase.works {
        // The weight of a product of parameters is computed by then.
        if case .product(_, let index, _, _) = work.action, !isPacked[index] {
          pack(index)
          isPacked[index] = true
        }
        runWhole(work)
      }
    }
    for index in isPacked.indices where !isPacked[index] { pack(index) }
    preparation.isComplete = true
  }

  /// Computes what depends on whole sequences and their memories: what stays as it is for every step of a walk and its chunks.
  package func prepare(for walk: Walk) {
    begin(walk)
    for phase in plan.phases where phase.kind == .sequences {
      for work in phase.works { runWhole(work) }
    }
  }

  private func begin(_ walk: Walk) {
    require(
      walk.layout.rowCount <= rowCount && walk.layout.sequenceCount <= placeCount
        && walk.slots.count == slotCounts.count,
      "Runner: \(walk.layout.rowCount) rows of \(walk.layout.sequenceCount) sequences in memory for "
        + "\(rowCount) rows of \(placeCount)")
    for (slots, counts) in zip(walk.slots, slotCounts) {
      require(
        slots.rowCount <= counts.rows && slots.totalCount <= counts.total,
        "Runner: \(slots.rowCount) slots, \(slots.totalCount) in all steps, in memory for \(counts)")
    }
    self.walk = walk
  }

  private func pack(_ index: Int) {
    let source = plan.memory.packed[index].source
    let region = regions[source.buffer]
    let base = UnsafePointer(region.base + source.column)
    let (outputStride, depthStride) =
      plan.memory.packed[index].transposed ? (1, region.stride) : (region.stride, 1)
    let weight = weights[index]
    let minimum = max(1, 65_536 / max(1, weight.depth * 64))
    Parallel.rows(weight.panelCount, minimumPerPart: minimum) { panels in
      E.pack(
        outputs: weight.outputs, depth: weight.depth, base, outputStride: outputStride,
        depthStride: depthStride, panels: panels, into: weight.packed)
    }
  }

  /// Runs everything that `prepare` did not.
  package func walkSteps(_ walk: Walk) {
    begin(walk)
    for phase in hasManySequences ? plan.gathered : plan.phases {
      for (source, width) in phase.sums { clear(source, width) }
      switch phase.kind {
      case .once, .sequences: break
      case .whole: for work in phase.works { runWhole(work) }
      case .loop: runLoop(phase.works)
      }
    }
  }

  /// Runs the loops alone, over what is in memory.
  package func walkLoops(_ walk: Walk) {
    begin(walk)
    for phase in plan.phases where phase.kind == .loop { runLoop(phase.works) }
  }

  /// Whether the sequences are enough to divide them among threads, with whole tiles of rows for each.
  var hasManySequences: Bool { walk.layout.sequenceCount >= 4 * threadCount }

  private func clear(_ source: Source, _ width: Int) {
    var rows = placeCount
    if case .memoryRows(let memory) = plan.memory.buffers[source.buffer].kind {
      rows = walk.slots[memory].rowCount
    }
    let region = regions[source.buffer]
    for row in 0..<rows {
      (region.base + row * region.stride + source.column).update(repeating: 0, count: width)
    }
  }

  // MARK: Whole phases

  /// - Parameter wakes: Whether threads that sleep are woken for a product's panels.
  func runWhole(_ work: LoweredWork, wakes: Bool = true) {
    let rows = count(work.domain)
    switch work.action {
    case .product(_, let index, _, _):
      let weight = weights[index]
      let cost = 2 * weight.outputs * weight.depth
      // Threads own rows; where rows are few, panels.
      if rows >= 8 * threadCount {
        run(.rows(work), parts: parts(rows, minimum: max(4, 500_000 / cost), perThread: 4))
      } else {
        let minimum = max(1, 1_000_000 / max(1, cost / weight.outputs * 64 * rows))
        run(.panels(work), parts: parts(weight.panelCount, minimum: minimum), wakes: wakes)
      }
    case .program(let code):
      run(
        .rows(work),
        parts: parts(rows, minimum: max(4, 500_000 / max(1, 20 * code.operationCount)), perThread: 4))
    case .outer(_, _, let outputs, let width, _, _):
      run(
        .results(work),
        parts: parts(
          outputs, minimum: max(8, 1_000_000 / max(1, 2 * width * rows)), perThread: outputs >= 1024 ? 2 : 1))
    case .total(_, _, let width, _):
      run(.results(work), parts: parts(width, minimum: max(16, 200_000 / max(1, rows))))
    case .overMemory: run(.rows(work), parts: 1)
    case .accumulate(let source, let parameter):
      let target = region(.parameterGradient(parameter))!
      let from = regions[source.buffer]
      let shape = plan.step.parameters[parameter].shape
      for row in 0..<(shape.count == 2 ? shape[0] : 1) {
        for column in 0..<shape.last! {
          target.base[row * target.stride + column] += from.base[row * from.stride + source.column + column]
        }
      }
    }
  }

  func run(_ job: Job, parts: Int, wakes: Bool = true) {
    self.job = job
    partCount = parts
    runParts(parts, wakes: wakes)
    self.job = .none
  }

  private func runPart(_ part: Int, thread: Int) {
    switch job {
    case .none: break
    case .rows(let work):
      let range = share(count(work.domain), part, of: partCount, multipleOf: 4)
      if range.isEmpty, partCount > 1 { return }
      forSegments(work, range) { runSegment(work, $0, thread: thread) }
    case .panels(let work):
      forSegments(work, 0..<count(work.domain)) { runPanels(work, $0, part, of: partCount) }
    case .results(let work): runResults(work, part, thread: thread)
    case .loop(let works): walk(works, places: placeCut(part)..<placeCut(part + 1), thread: thread)
    case .steps(let works, let crew): if part == 0 { lead(works, crew) } else { follow(works, crew, thread) }
    }
  }

  /// A part's share of the columns of a product.
  func runPanels(_ work: LoweredWork, _ segment: Segment, _ part: Int, of parts: Int) {
    guard case .product(let x, let index, let start, let out) = work.action else { return }
    product(x, index, start, out, segment, panels: share(weights[index].panelCount, part, of: parts))
  }

  /// A part's share of the results of a sum over rows.
  private func runResults(_ work: LoweredWork, _ part: Int, thread: Int) {
    let rows = count(work.domain)
    switch work.action {
    case .outer(let a, let b, let outputs, let width, let out, let accumulates):
      let target = regions[out.buffer]
      let columns = share(outputs, part, of: partCount, multipleOf: 8)
      if !accumulates {
        for i in columns { (target.base + i * target.stride).update(repeating: 0, count: width) }
      }
      forSegments(work, 0..<rows) { segment in
        let (a, aStride) = pointer(a, segment)
        let (b, bStride) = pointer(b, segment)
        E.outer(
          rows: segment.count, columns: columns, width: width, UnsafePointer(a), aStride: aStride,
          UnsafePointer(b), bStride: bStride, into: target.base, outStride: target.stride,
          scratch: scratch(thread))
      }
    case .total(let a, let b, let width, let out):
      let target = regions[out.buffer].base + out.column
      let columns = share(width, part, of: partCount, multipleOf: 16)
      (target + columns.lowerBound).update(repeating: 0, count: columns.count)
      let most = max(1, work.domain == .steps ? walk.layout.stepCount : rows)
      let first = UnsafeMutablePointer<UnsafePointer<Element>?>.allocate(capacity: 2 * most)
      defer { first.deallocate() }
      let second = first + most
      forChains(work.domain) { count, segment in
        for index in 0..<count {
          first[index] = UnsafePointer(pointer(a, segment(index)).0)
          if let b { second[index] = UnsafePointer(pointer(b, segment(index)).0) }
        }
        E.sumOfRows(count, first, b == nil ? nil : UnsafePointer(second), columns: columns, into: target)
      }
    case .product, .program, .overMemory, .accumulate: fatalError("Runner: rows divided by results")
    }
  }

  /// Calls `body` with the rows that are added up in one chain: those of each sequence in the order of the walk, as a loop adds them up, or
  /// all rows of a domain without steps.
  private func forChains(_ domain: Domain, _ body: (_ count: Int, _ segment: (Int) -> Segment) -> Void) {
    guard domain == .steps else {
      return body(count(domain)) { row in
        Segment(row: row, place: row, count: 1, before: -1, after: -1, memoryRow: row, slotRow: row)
      }
    }
    let layout = walk.layout
    for place in 0..<layout.sequenceCount {
      let length = layout.lengths[layout.order[place]]
      body(length) { index in
        let time = walk.isUpwards ? index : length - 1 - index
        return Segment(
          row: layout.row(place: place, time: time), place: place, count: 1,
          before: time > 0 ? layout.row(place: place, time: time - 1) : -1,
          after: time + 1 < length ? layout.row(place: place, time: time + 1) : -1)
      }
    }
  }

  private func count(_ domain: Domain) -> Int { walk.rowCount(domain) }

  /// Several parts for a thread where they are large, which evens out what other programs take of the processors.
  private func parts(_ count: Int, minimum: Int, perThread: Int = 1) -> Int {
    threadCount == 1 ? 1 : max(1, min(perThread * threadCount, count / max(1, minimum)))
  }

  /// A part's share of a count, in whole units.
  func share(_ count: Int, _ part: Int, of parts: Int, multipleOf unit: Int = 1) -> Range<Int> {
    let units = (count + unit - 1) / unit
    let begin = min(count, units * part / parts * unit)
    return begin..<min(count, units * (part + 1) / parts * unit)
  }

  /// The first place of a thread's sequences: about the same number of rows each, and whole tiles of products.
  private func placeCut(_ part: Int) -> Int {
    let layout = walk.layout
    if part == 0 { return 0 }
    if part == partCount { return layout.sequenceCount }
    let wanted = layout.rowCount * part / partCount
    var rows = 0
    for place in 0..<layout.sequenceCount {
      if rows >= wanted { return place }
      rows += layout.lengths[layout.order[place]]
    }
    return layout.sequenceCount
  }

  // MARK: Segments

  func runSegment(_ work: LoweredWork, _ segment: Segment, thread: Int) {
    switch work.action {
    case .overMemory(let a, let width, let out, let isSoftmax):
      overMemory(a, width, out, isSoftmax: isSoftmax, segment)
    case _ where segment.count == 0: break
    case .product(let x, let index, let start, let out): product(x, index, start, out, segment)
    case .program(let code): program(code, segment, thread)
    case .outer, .total, .accumulate: fatalError("Runner: a sum over rows, segment by segment")
    }
  }

  /// Whether an operand is read from the step after in time, so that sequences that end there cut a step.
  func readsAfter(_ reads: Reads) -> Bool {
    (reads.contains(.previous) && !walk.isUpwards) || (reads.contains(.forwardPrevious) && !forwardIsUpwards)
  }

  private func readsBefore(_ reads: Reads) -> Bool {
    (reads.contains(.previous) && walk.isUpwards) || (reads.contains(.forwardPrevious) && forwardIsUpwards)
  }

  /// Calls `body` with the segments of a range of the work's rows: as few as its operands allow.
  private func forSegments(_ work: LoweredWork, _ range: Range<Int>, _ body: (Segment) -> Void) {
    if case .memory(let memory) = work.domain, work.reads.contains(.places) || work.runsOverMemory {
      return walk.forSlots(memory, ofRows: range, body)
    }
    guard work.domain == .steps, !work.reads.subtracting(.rows).isEmpty else {
      return body(
        Segment(
          row: range.lowerBound, place: range.lowerBound, count: range.count, before: -1, after: -1,
          memoryRow: range.lowerBound, slotRow: range.lowerBound))
    }
    walk.forSegments(
      ofRows: range, before: readsBefore(work.reads), after: readsAfter(work.reads),
      places: work.reads.contains(.places), body)
  }

  // MARK: Handing work to the executor

  func pointer(_ source: Source, _ segment: Segment) -> (UnsafeMutablePointer<Element>, Int) {
    let region = regions[source.buffer]
    let base = region.base + source.column
    switch source.mode {
    case .row: return (base + segment.row * region.stride, segment.isOneSequence ? 0 : region.stride)
    case .matrix: return (base + segment.row * region.stride, region.stride)
    case .place: return (base + segment.place * region.stride, segment.isOneSequence ? 0 : region.stride)
    case .fixed: return (base, 0)
    case .memory: return (base + segment.memoryRow * region.stride, region.stride)
    case .slot: return (base + segment.slotRow * region.stride, region.stride)
    case .previous, .forwardPrevious:
      let isUpwards = source.mode == .previous ? walk.isUpwards : forwardIsUpwards
      let row = isUpwards ? segment.before : segment.after
      if row >= 0 { return (base + row * region.stride, segment.isOneSequence ? 0 : region.stride) }
      let initial = regions[source.initial]
      return (
        initial.base + source.column + segment.place * initial.stride,
        segment.isOneSequence ? 0 : initial.stride
      )
    }
  }

  private func product(
    _ x: Source, _ index: Int, _ start: Source?, _ out: Source, _ segment: Segment, panels: Range<Int>? = nil
  ) {
    let weight = weights[index]
    let (x, xStride) = pointer(x, segment)
    let (out, outStride) = pointer(out, segment)
    let start = start.map { pointer($0, segment) }
    E.product(
      rows: segment.count, outputs: weight.outputs, depth: weight.depth, UnsafePointer(x), stride: xStride,
      UnsafePointer(weight.packed), panels: panels ?? 0..<weight.panelCount,
      start: start.map { UnsafePointer($0.0) }, startStride: start?.1 ?? 0, into: out, outStride: outStride)
  }

  private func overMemory(_ a: Source, _ width: Int, _ out: Source, isSoftmax: Bool, _ segment: Segment) {
    let (a, stride) = pointer(a, segment)
    let (out, outStride) = pointer(out, segment)
    if !isSoftmax { out.update(repeating: 0, count: width) }
    guard segment.count > 0 else { return }
    if isSoftmax {
      E.softmaxOverRows(
        rows: segment.count, width: width, UnsafePointer(a), stride: stride, into: out, yStride: outStride)
    } else {
      E.columnSum(
        rows: segment.count, columns: 0..<width, UnsafePointer(a), stride: stride, into: out)
    }
  }

  private func program(_ code: ProgramCode, _ segment: Segment, _ thread: Int) {
    let streams = self.streams + thread * streamCount
    for index in 0..<code.streams.count {
      (streams + index).initialize(to: stream(code.streams[index], segment))
    }
    E.run(code, streams, rows: segment.count, scratch: scratch(thread))
  }

  func stream(_ source: StreamSource, _ segment: Segment) -> Stream<Element> {
    let (base, rowStride) = pointer(source.source, segment)
    return Stream(base: base, rowStride: rowStride, columnStride: source.isBroadcast ? 0 : 1)
  }

  /// A thread's own memory for what kernels hold in between.
  func scratch(_ thread: Int) -> UnsafeMutablePointer<Element> { scratches + thread * scratchSize }
}
