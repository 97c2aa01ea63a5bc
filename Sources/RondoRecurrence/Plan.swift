import CRondoKernels

/// What the engine makes of a step: phases of works whose operands have places in memory.
///
/// A plan knows widths but neither the number of sequences nor their lengths; one plan serves every batch, chunk and single step.
package final class Plan: Sendable {
  package let step: StepGraph
  package let schedule: Schedule
  package let works: [[Work]]
  package let memory: MemoryPlan
  package let phases: [LoweredPhase]
  /// The same works with products of whole phases done inside the loops beside them, where that is the faster way for many sequences.
  package let gathered: [LoweredPhase]

  /// - Parameter keep: Nodes that are read after the pass.
  init(
    step: StepGraph, schedule: Schedule, works: [[Work]], memory: MemoryPlan, phases: [LoweredPhase],
    keep: Set<NodeID>
  ) {
    self.step = step
    self.schedule = schedule
    self.works = works
    self.phases = phases
    var memory = memory
    let lasting = keep.union(step.roots).flatMap { memory.destinations[base($0, in: step.graph)] ?? [] }
    gathered = gatherProducts(phases, &memory, lasting: Set(lasting.map(\.buffer)))
    self.memory = memory
  }

  deinit {
    // Programs of both forms are the same, but for where their operands lie.
    var freed: Set<UnsafeRawPointer> = []
    for work in (phases + gathered).map(\.works).joined() {
      if case .program(let code) = work.action { code.deallocate(except: &freed) }
    }
  }
}

extension Plan {
  /// How many products run in each step, and how many for all rows at once.
  package var productCounts: (inLoop: Int, outside: Int) {
    var counts = (inLoop: 0, outside: 0)
    for phase in phases {
      for work in phase.works {
        guard case .product = work.action else { continue }
        if phase.kind == .loop { counts.inLoop += 1 } else { counts.outside += 1 }
      }
    }
    return counts
  }
}

/// A place in memory of which a plan knows the width.
package struct Buffer: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    // Given by the caller.
    case input, output
    case further(Int)
    case parameter(Int)
    case parameterGradient(Int)
    /// The states while a loop walks: a row for each sequence, written in place.
    case carry(Int)
    /// The states before the first step.
    case initial(Int)
    // The run's own: a row for each step, for each sequence (of the current step only), or this many rows.
    case rows, places
    case fixed(Int)
    /// A row for each slot of this memory: of what only depends on the memory, or of the current step.
    case memoryRows(Int)
    /// A row for each slot of this memory in each step.
    case slotRows(Int)
    /// Random zeros, with rows as the mask has them.
    case mask(Int)
    /// A buffer of the forward plan that the backward plan reads.
    case forward(Int)
  }
  package var kind: Kind
  package var width: Int
}

/// Where an operand lies.
package struct Source: Hashable, Sendable {
  package enum Mode: UInt8, Hashable, Sendable {
    /// A row for each step of each sequence.
    case row
    /// A row for each sequence.
    case place
    /// The same row for all.
    case fixed
    /// A matrix made of parameters: row by row for works of that domain.
    case matrix
    /// The row of the step walked before, or the initial state: in this plan's own direction.
    case previous
    /// The same in the direction of the forward plan, for its states.
    case forwardPrevious
    /// A row for each slot of a memory.
    case memory
    /// A row for each slot of a memory in each step.
    case slot
  }
  package var buffer: Int
  package var column: Int
  package var mode: Mode
  /// For the previous row: where the initial state lies.
  package var initial: Int = -1
}

/// A product's weight, packed before the walk.
package struct PackedWeight: Hashable, Sendable {
  package var source: Source
  package var transposed: Bool
  package var outputs: Int
  package var depth: Int
}

/// A row program in the form that executors run, and where its operands lie.
///
/// A few addresses, so that handing it on counts no references; the memory belongs to the plan, which gives it back at its end.
///
/// `@unchecked` since it points to memory: written once in `init`, never changed after.
package struct ProgramCode: @unchecked Sendable {
  package let program: UnsafePointer<rondo_row_program>
  package private(set) var streams: UnsafeBufferPointer<StreamSource>
  package let constants: UnsafeBufferPointer<Double>
  /// Instructions times columns: what a row costs.
  package let operationCount: Int

  init(
    sections: [rondo_section], instructions: [rondo_instruction], constants: [Double], registerCount: Int,
    scalarCount: Int, streams: [StreamSource]
  ) {
    self.streams = UnsafeBufferPointer(start: copied(streams), count: streams.count)
    self.constants = UnsafeBufferPointer(start: copied(constants), count: constants.count)
    operationCount = sections.reduce(0) { $0 + Int($1.width) * Int($1.count) }
    program = copied([
      rondo_row_program(
        sections: copied(sections), code: copied(instructions),
        constants: copied(constants.map { Float($0) }),
        section_count: UInt32(sections.count), register_count: UInt32(registerCount),
        scalar_count: UInt32(scalarCount))
    ])
  }

  /// The same instructions with their operands elsewhere.
  func withStreams(_ streams: [StreamSource]) -> ProgramCode {
    var copy = self
    copy.streams = UnsafeBufferPointer(start: copied(streams), count: streams.count)
    return copy
  }

  /// Gives back what is not among `freed` already.
  fileprivate func deallocate(except freed: inout Set<UnsafeRawPointer>) {
    func free(_ pointer: UnsafeRawPointer) { if freed.insert(pointer).inserted { pointer.deallocate() } }
    if freed.insert(program).inserted {
      free(program.pointee.sections)
      free(program.pointee.code)
      free(program.pointee.constants)
      free(constants.baseAddress!)
      program.deallocate()
    }
    free(streams.baseAddress!)
  }
}

private func copied<T>(_ values: [T]) -> UnsafePointer<T> {
  let copy = UnsafeMutablePointer<T>.allocate(capacity: max(1, values.count))
  copy.initialize(from: values, count: values.count)
  return UnsafePointer(copy)
}

/// A stream of a program: an operand, with column stride 0 where a value of width 1 is read in a wider section.
package struct StreamSource: Hashable, Sendable {
  package var source: Source
  package var isBroadcast: Bool
}

/// How the rows that a work reads lie to each other: what decides where a range of rows has to be cut into segments.
package struct Reads: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A row for each sequence.
  package static let places = Reads(rawValue: 1)
  /// The row of the step walked before.
  package static let previous = Reads(rawValue: 2)
  package static let forwardPrevious = Reads(rawValue: 4)
  /// A row for each step: one for all slots of a sequence's memory.
  package static let rows = Reads(rawValue: 8)

  init(_ sources: [Source]) {
    self = []
    for source in sources {
      switch source.mode {
      case .place: insert(.places)
      case .previous: insert(.previous)
      case .forwardPrevious: insert(.forwardPrevious)
      case .row: insert(.rows)
      case .fixed, .matrix, .memory, .slot: break
      }
    }
  }
}

/// A work whose operands have places in memory. Nothing in it is counted by reference: loops go through works thousands of times.
package struct LoweredWork: Sendable {
  package enum Action: Sendable {
    case product(x: Source, weight: Int, start: Source?, out: Source)
    case program(ProgramCode)
    /// out += Σ aᵀ b over the rows of a domain; `accumulates`: what is there stays.
    case outer(a: Source, b: Source, outputs: Int, width: Int, out: Source, accumulates: Bool)
    case total(a: Source, b: Source?, width: Int, out: Source)
    /// The softmax or the sum of each column over the slots of each sequence.
    case overMemory(a: Source, width: Int, out: Source, isSoftmax: Bool)
    /// A computed gradient is added to the parameter's.
    case accumulate(Source, parameter: Int)
  }
  package let action: Action
  /// The domain whose rows are walked.
  package let domain: Domain
  package let reads: Reads

  init(_ action: Action, domain: Domain) {
    self.action = action
    self.domain = domain
    switch action {
    case .product(let x, _, let start, let out): reads = Reads([x, out] + (start.map { [$0] } ?? []))
    case .program(let code): reads = Reads(code.streams.map(\.source))
    case .outer(let a, let b, _, _, _, _): reads = Reads([a, b])
    case .total(let a, let b, _, _): reads = Reads([a] + (b.map { [$0] } ?? []))
    case .overMemory(let a, _, let out, _): reads = Reads([a, out])
    case .accumulate: reads = []
    }
  }
}

extension LoweredWork {
  /// Whether it goes through the slots of one sequence after the other.
  var runsOverMemory: Bool { if case .overMemory = action { true } else { false } }
}

package struct LoweredPhase: Sendable {
  package var kind: Phase.Kind
  package var works: [LoweredWork]
  /// What the phase adds up step by step: zero when it begins.
  package var sums: [(source: Source, width: Int)]
}
