import RondoCore

/// What a plan makes of parameters alone: packed weights and values that no step changes.
///
/// `@unchecked Sendable`: the run that completes it is the only one that has it until then; afterwards it is only read.
package final class Preparation<E: Executor>: @unchecked Sendable {
  /// A packed weight.
  struct Weight {
    let packed: UnsafeMutablePointer<E.Element>
    let outputs: Int
    let depth: Int
    let panelCount: Int
  }

  let weights: UnsafeMutableBufferPointer<Weight>
  /// Where the plan's values of parameters lie, by buffer.
  let regions: [Region<E.Element>?]
  var isComplete = false
  private let storage: Tensor
  /// What it is made of, and for which instruction set, on which the form of packed weights depends.
  private let parameters: [Tensor.Identity]
  private let instructionSet = Machine.instructionSet

  init(_ plan: Plan, madeOf parameters: [Tensor] = []) {
    self.parameters = parameters.map(\.identity)
    var layout = MemoryLayoutBuilder()
    let offsets = plan.memory.buffers.map { buffer -> (offset: Int, stride: Int)? in
      guard case .fixed(let rows) = buffer.kind else { return nil }
      return layout.reserve(rows: rows, width: buffer.width)
    }
    let packedOffsets = plan.memory.packed.map {
      layout.reserve(E.packedSize(outputs: $0.outputs, depth: $0.depth))
    }
    let (storage, base) = layout.allocate(E.Element.self)
    self.storage = storage
    regions = offsets.map { place in place.map { Region(base + $0.offset, stride: $0.stride) } }
    weights = .allocate(capacity: packedOffsets.count)
    for (index, (weight, offset)) in zip(plan.memory.packed, packedOffsets).enumerated() {
      weights.initializeElement(
        at: index,
        to: Weight(
          packed: base + offset, outputs: weight.outputs, depth: weight.depth,
          panelCount: E.panelCount(outputs: weight.outputs)))
    }
  }

  deinit { weights.deallocate() }

  /// Whether it serves these parameters: the same memory, not written since.
  func isMade(of parameters: [Tensor]) -> Bool {
    self.parameters == parameters.map(\.identity) && instructionSet == Machine.instructionSet
  }
}
