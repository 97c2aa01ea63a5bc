import RondoCore

/// The time loop of a recurrence by itself, for measurements: the part of a forward pass that goes step by step, over a window of rows as
/// long sequences have them.
package final class LoopProbe {
  /// What the loop reads and writes, everything counted once.
  package let bytes: Int
  private let runner: Runner<VectorExecutor>
  private let walk: Walk
  private let read: [Stretch]
  private let written: [Stretch]
  private let threadCount: Int
  private let kept: [Tensor]

  /// A buffer of the loop: a row for each step of each sequence.
  private struct Stretch {
    let region: Region<Float>
    let width: Int
  }

  /// Nil for a cell that has no loop or one with products, whose time is not that of memory.
  package init?(_ recurrence: Recurrence, _ weights: ParameterStore, batch: Int, length: Int) {
    let plan = recurrence.plans.evaluating.inference
    let loops = plan.phases.indices.filter { plan.phases[$0].kind == .loop }
    guard plan.productCounts.inLoop == 0, !loops.isEmpty, plan.step.further.isEmpty else { return nil }
    let whole = Walk(SequenceLayout(uniform: length, count: batch), isUpwards: true)
    let window = Recurrence.windows(whole.layout, isUpwards: true)[0]
    walk = whole.chunk(window)
    runner = Runner(plan, for: whole, chunks: [window])
    let rows = walk.layout.rowCount
    var kept = [
      Tensor(repeating: 0.5, [rows, recurrence.inputSize]), Tensor(zeros: [rows, recurrence.outputSize]),
    ]
    for (index, parameter) in recurrence.parameters.enumerated() {
      let value = weights[parameter]
      runner.bind(.parameter(index), Region(reading: value.pointer, stride: value.columns))
      kept.append(value)
    }
    runner.bind(.input, Region(kept[0].mutablePointer(), stride: recurrence.inputSize))
    runner.bind(.output, Region(kept[1].mutablePointer(), stride: recurrence.outputSize))
    self.kept = kept
    for (state, shape) in recurrence.states.enumerated() {
      for place in 0..<batch { runner.setState(state, place: place, repeating: Float(shape.startNumber)) }
    }
    runner.prepare()
    runner.prepare(for: walk)
    runner.walkSteps(walk)

    func hasRows(_ buffer: Int) -> Bool {
      switch plan.memory.buffers[buffer].kind {
      case .rows, .input, .output: true
      default: false
      }
    }
    var used: Set<Int> = []
    for work in loops.flatMap({ plan.phases[$0].works }) {
      guard case .program(let code) = work.action else { continue }
      used.formUnion(code.streams.filter { $0.source.mode == .row }.map(\.source.buffer))
    }
    let results = loops.flatMap { plan.schedule.phases[$0].nodes }.flatMap {
      plan.memory.destinations[$0] ?? []
    }
    let changed = Set(results.map(\.buffer))
    let regions = runner.regions
    func stretches(_ buffers: Set<Int>) -> [Stretch] {
      buffers.filter(hasRows).sorted().map { index in
        Stretch(region: regions[index], width: plan.memory.buffers[index].width)
      }
    }
    read = stretches(used.subtracting(changed))
    written = stretches(changed)
    bytes = (read + written).reduce(0) { $0 + $1.width } * rows * MemoryLayout<Float>.size
    threadCount = Parallel.threadCount
  }

  /// The loop once more.
  package func runLoop() { runner.walkLoops(walk) }

  /// Reads and writes the same memory and does nothing else: what the loop can be compared with.
  package func readAndWrite() {
    let rows = walk.layout.rowCount
    Parallel.run(threadCount) { part in
      for row in rows * part / threadCount..<rows * (part + 1) / threadCount {
        var sum = SIMD16<Float>()
        for stretch in read {
          let from = UnsafeRawPointer(stretch.region.base + row * stretch.region.stride)
          for column in stride(from: 0, to: stretch.width & ~15, by: 16) {
            sum += from.loadUnaligned(fromByteOffset: column * 4, as: SIMD16<Float>.self)
          }
          for column in stretch.width & ~15..<stretch.width {
            sum[0] += stretch.region.base[row * stretch.region.stride + column]
          }
        }
        for stretch in written {
          let to = UnsafeMutableRawPointer(stretch.region.base + row * stretch.region.stride)
          for column in stride(from: 0, to: stretch.width & ~15, by: 16) {
            to.storeBytes(of: sum, toByteOffset: column * 4, as: SIMD16<Float>.self)
          }
          for column in stretch.width & ~15..<stretch.width {
            stretch.region.base[row * stretch.region.stride + column] = sum[0]
          }
        }
      }
    }
  }
}
