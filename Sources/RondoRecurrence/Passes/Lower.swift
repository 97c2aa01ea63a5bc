// From passes to executors: works whose operands are places, and row programs as instructions, combined where they follow from each other.

import CRondoKernels

extension Plan {
  /// Plans a step.
  ///
  /// - Parameters:
  ///   - keep: Nodes that are read after the pass (by a backward pass, or because they are recorded).
  ///   - forward: In a backward plan, the plan of the forward step.
  ///   - hoisting: Without it everything that has a row for each step is computed in the loop; the values are the same.
  package convenience init(
    _ step: StepGraph, keep: Set<NodeID> = [], forward: Plan? = nil, hoisting: Bool = true
  ) {
    let schedule = RondoRecurrence.schedule(step, keep: keep, hoisting: hoisting)
    let works = fuse(step, schedule, keep: keep)
    let memory = planMemory(step, schedule, works, keep: keep, forward: forward)
    self.init(
      step: step, schedule: schedule, works: works, memory: memory,
      phases: zip(schedule.phases, works).enumerated().map { number, phase in
        let lowering = Lowering(step: step, memory: memory, phase: phase.0)
        return LoweredPhase(
          kind: phase.0.kind,
          works: phase.1.flatMap { lowering.lower($0) } + lowering.accumulations(after: number, in: schedule),
          sums: lowering.sumsOverSteps())
      }, keep: keep)
  }
}

struct Lowering {
  let step: StepGraph
  let memory: MemoryPlan
  let phase: Phase
  var graph: Graph { step.graph }

  func source(_ id: NodeID) -> Source { locate(id, in: graph, memory: memory, carried: phase.carried) }

  func lower(_ work: Work) -> [LoweredWork] {
    switch work {
    case .product(let id, let commit):
      let node = graph[id]
      guard case .product(let transposed) = node.operation else { fatalError("lower: not a product") }
      let weight = PackedWeight(
        source: source(node.inputs[1]), transposed: transposed, outputs: node.width,
        depth: graph[node.inputs[0]].width)
      let out =
        commit.map { state in
          Source(buffer: memory.buffers.firstIndex { $0.kind == .carry(state) }!, column: 0, mode: .place)
        } ?? source(id)
      let product = LoweredWork(
        .product(
          x: source(node.inputs[0]), weight: memory.packed.firstIndex(of: weight)!,
          start: node.inputs.count > 2 ? source(node.inputs[2]) : nil, out: out),
        domain: node.domain)
      return [product] + copies(of: id, from: out)
    case .outer(let id):
      let node = graph[id]
      let (a, b) = (node.inputs[0], node.inputs[1])
      let out = source(id)
      var accumulates = false
      if case .parameterGradient = memory.buffers[out.buffer].kind { accumulates = true }
      return [
        LoweredWork(
          .outer(
            a: source(a), b: source(b), outputs: graph[a].width, width: node.width, out: out,
            accumulates: accumulates),
          domain: graph[a].domain)
      ]
    case .total(let id):
      let inputs = graph[id].inputs
      return [
        LoweredWork(
          .total(
            a: source(inputs[0]), b: inputs.count > 1 ? source(inputs[1]) : nil, width: graph[id].width,
            out: source(id)),
          domain: graph[inputs[0]].domain)
      ]
    case .overMemory(let id):
      let (node, input) = (graph[id], graph[id].inputs[0])
      return [
        LoweredWork(
          .overMemory(
            a: source(input), width: node.width, out: source(id),
            isSoftmax: node.operation == .softmaxOverMemory),
          domain: graph[input].domain)
      ]
    case .program(let program):
      var emitter = ProgramEmitter(lowering: self, program: program)
      return [emitter.emit()]
    }
  }

  /// A product is written once; where more places want it, a program copies it there.
  private func copies(of id: NodeID, from source: Source) -> [LoweredWork] {
    let others = (memory.destinations[id] ?? []).filter { $0 != source }
    guard !others.isEmpty else { return [] }
    let streams = ([source] + others).map { StreamSource(source: $0, isBroadcast: false) }
    let instructions = others.indices.map { index in
      rondo_instruction(
        RONDO_OP_COPY, out: operand(RONDO_STREAM, index + 1), operand(RONDO_STREAM, 0))
    }
    let code = ProgramCode(
      sections: [rondo_section(width: UInt32(graph[id].width), first: 0, count: UInt32(instructions.count))],
      instructions: instructions, constants: [], registerCount: 0, scalarCount: 0, streams: streams)
    return [LoweredWork(.program(code), domain: graph[id].domain)]
  }

  /// What the phase adds up step by step, with its width.
  func sumsOverSteps() -> [(source: Source, width: Int)] {
    phase.nodes.filter { graph[$0].operation == .sumOverSteps }.map { (source($0), graph[$0].width) }
  }

  /// Gradients of parameters that are computed in a phase but not in place.
  func accumulations(after number: Int, in schedule: Schedule) -> [LoweredWork] {
    step.gradients.compactMap { gradient in
      let out = source(gradient.node)
      if case .parameterGradient = memory.buffers[out.buffer].kind { return nil }
      let computed = schedule.phase[base(gradient.node, in: graph)] ?? 0
      guard computed == number else { return nil }
      return LoweredWork(.accumulate(out, parameter: gradient.parameter), domain: graph[gradient.node].domain)
    }
  }
}

private func operand(_ kind: rondo_operand_kind, _ index: Int) -> rondo_operand {
  rondo_operand(kind: UInt16(kind.rawValue), index: UInt16(index))
}

extension rondo_instruction {
  init(
    _ op: rondo_op, out: rondo_operand, _ a: rondo_operand, _ b: rondo_operand? = nil,
    _ c: rondo_operand? = nil
  ) {
    let none = operand(RONDO_REGISTER, 0)
    self.init(op: op.rawValue, out: out, a: a, b: b ?? none, c: c ?? none)
  }
}

/// Writes the instructions of one row program.
private struct ProgramEmitter {
  let lowering: Lowering
  let program: RowProgram
  private var sections: [rondo_section] = []
  private var instructions: [rondo_instruction] = []
  private var streams: [StreamSource] = []
  private var constants: [Double] = []
  private var registers: [NodeID: Int] = [:]
  private var free: [Int] = []
  private var registerCount = 0
  private var scalars: [NodeID: Int] = [:]
  /// The number of the section that computes each node, and of those that read it, through slices and broadcasts too.
  private var sectionOf: [NodeID: Int] = [:]
  private var readingSections: [NodeID: Set<Int>] = [:]
  /// The place in its section of the last node that reads a node there, and of the last that is no concatenation.
  private var lastReader: [NodeID: Int] = [:]
  private var lastOperation: [NodeID: Int] = [:]
  /// New values of states that are stored by the section that computes them.
  private var committed: Set<NodeID> = []

  /// Columns from which a block of the interpreter has one row.
  private static let wide = 513

  init(lowering: Lowering, program: RowProgram) {
    self.lowering = lowering
    self.program = program
    let (graph, step) = (lowering.graph, lowering.step)
    for (number, section) in program.sections.enumerated() {
      for id in section.nodes { sectionOf[id] = number }
    }
    for (number, section) in program.sections.enumerated() {
      for (index, id) in section.nodes.enumerated() {
        for input in graph[id].inputs {
          readingSections[base(input, in: graph), default: []].insert(number)
          guard sectionOf[input] == number else { continue }
          lastReader[input] = index
          if graph[id].operation != .concatenate { lastOperation[input] = index }
        }
      }
    }
    for state in program.commits where program.committingSection(state: state, step: step) != nil {
      committed.insert(step.updates[state])
    }
  }

  private var graph: Graph { lowering.graph }
  private var step: StepGraph { lowering.step }

  mutating func emit() -> LoweredWork {
    for section in program.sections {
      let first = instructions.count
      registers = [:]
      free = Array((0..<registerCount).reversed())
      for (index, id) in section.nodes.enumerated() where graph[id].operation != .concatenate {
        compute(id, at: index, in: section)
      }
      for state in program.commits where program.committingSection(state: state, step: step) == section {
        let value = step.updates[state]
        instructions.append(
          rondo_instruction(
            RONDO_OP_COPY, out: stream(carry(state), false), operand(RONDO_REGISTER, registers[value]!)))
      }
      close(width: section.width, from: first)
      // A reduction that has a place in memory gets there through a section of width 1.
      let copies = instructions.count
      for id in section.nodes where isReduction(graph[id].operation) {
        for place in lowering.memory.destinations[id] ?? [] {
          instructions.append(
            rondo_instruction(RONDO_OP_COPY, out: stream(place, false), scalar(of: id)))
        }
      }
      close(width: 1, from: copies)
      for id in section.nodes where graph[id].operation == .concatenate { copyParts(of: id) }
    }
    for state in program.commits where program.committingSection(state: state, step: step) == nil {
      let first = instructions.count
      let value = stream(lowering.source(step.updates[state]), false)
      instructions.append(rondo_instruction(RONDO_OP_COPY, out: stream(carry(state), false), value))
      close(width: step.states[state].width, from: first)
    }
    let code = ProgramCode(
      sections: sections, instructions: instructions, constants: constants, registerCount: registerCount,
      scalarCount: scalars.count, streams: streams)
    return LoweredWork(.program(code), domain: program.domain)
  }

  private mutating func close(width: Int, from first: Int) {
    guard instructions.count > first else { return }
    let code = combined(
      Array(instructions[first...]),
      isOne: { [constants] in $0.kind == RONDO_CONSTANT.rawValue && constants[Int($0.index)] == 1 },
      mayOverlap: { [streams] in streams[$0].source.buffer == streams[$1].source.buffer })
    instructions.replaceSubrange(first..., with: code)
    sections.append(
      rondo_section(width: UInt32(width), first: UInt32(first), count: UInt32(instructions.count - first)))
  }

  private mutating func compute(_ id: NodeID, at index: Int, in section: RowProgram.Section) {
    let node = graph[id]
    let operands = node.inputs.map { operandOf($0) }
    if isReduction(node.operation) {
      release(after: index)
      instructions.append(rondo_instruction(opcode(node.operation), out: scalar(of: id), operands[0]))
      return
    }
    if node.operation == .sumOverSteps {
      let sum = stream(lowering.source(id), false)
      release(after: index)
      instructions.append(
        operands.count == 1
          ? rondo_instruction(RONDO_OP_ADD, out: sum, sum, operands[0])
          : rondo_instruction(RONDO_OP_FMA, out: sum, operands[0], operands[1], sum))
      return
    }
    let later = lastOperation[id].map { $0 > index } ?? false
    let commits = committed.contains(id)
    let becomesScalar = node.width == 1 && isReadElsewhere(id)
    var places = lowering.memory.destinations[id] ?? []
    release(after: index)
    let out: rondo_operand
    // A wide row is read again where it was stored; narrow ones are read from registers, several rows at once.
    let home = section.width >= Self.wide ? lowering.memory.home[id].flatMap(places.firstIndex(of:)) : nil
    if !commits, !becomesScalar, !later || home != nil, !places.isEmpty {
      out = stream(places.remove(at: home ?? 0), false)
    } else {
      out = operand(RONDO_REGISTER, allocate(for: id))
    }
    instructions.append(
      rondo_instruction(
        opcode(node.operation), out: out, operands[0], operands.count > 1 ? operands[1] : columns(of: node),
        operands.count > 2 ? operands[2] : nil))
    for place in places {
      instructions.append(rondo_instruction(RONDO_OP_COPY, out: stream(place, false), out))
    }
    if becomesScalar { instructions.append(rondo_instruction(RONDO_OP_SUM, out: scalar(of: id), out)) }
    if !later, !commits, let register = registers.removeValue(forKey: id) { free.append(register) }
  }

  /// Parts of a concatenation that this program does not compute are copied into it.
  private mutating func copyParts(of id: NodeID) {
    var column = 0
    let home = lowering.source(id)
    for part in graph[id].inputs {
      let width = graph[part].width
      let target = Source(buffer: home.buffer, column: home.column + column, mode: home.mode)
      if !(lowering.memory.destinations[part] ?? []).contains(target) {
        let first = instructions.count
        instructions.append(
          rondo_instruction(RONDO_OP_COPY, out: stream(target, false), operandOf(part)))
        close(width: width, from: first)
      }
      column += width
    }
  }

  private mutating func operandOf(_ id: NodeID) -> rondo_operand {
    if case .constant(let value) = graph[id].operation { return constant(value) }
    if let register = registers[id] { return operand(RONDO_REGISTER, register) }
    let source = base(id, in: graph)
    if case .constant(let value) = graph[source].operation { return constant(value) }
    if let index = scalars[source], graph[source].width == 1 { return operand(RONDO_SCALAR, index) }
    return stream(lowering.source(id), graph[id].operation == .broadcast)
  }

  private mutating func constant(_ value: Double) -> rondo_operand {
    let index = constants.firstIndex { $0.bitPattern == value.bitPattern } ?? constants.count
    if index == constants.count { constants.append(value) }
    return operand(RONDO_CONSTANT, index)
  }

  private mutating func stream(_ source: Source, _ isBroadcast: Bool) -> rondo_operand {
    let wanted = StreamSource(source: source, isBroadcast: isBroadcast)
    let index = streams.firstIndex(of: wanted) ?? streams.count
    if index == streams.count { streams.append(wanted) }
    return operand(RONDO_STREAM, index)
  }

  private mutating func scalar(of id: NodeID) -> rondo_operand {
    let index = scalars[id] ?? scalars.count
    scalars[id] = index
    return operand(RONDO_SCALAR, index)
  }

  private func carry(_ state: Int) -> Source {
    let buffer = lowering.memory.buffers.firstIndex { $0.kind == .carry(state) }!
    return Source(buffer: buffer, column: 0, mode: .place)
  }

  private func isReadElsewhere(_ id: NodeID) -> Bool {
    readingSections[id].map { $0.contains { $0 != sectionOf[id] } } ?? false
  }

  private mutating func allocate(for id: NodeID) -> Int {
    let register = free.popLast() ?? registerCount
    registerCount = max(registerCount, register + 1)
    registers[id] = register
    return register
  }

  /// Gives back the registers whose values nothing after `index` reads.
  private mutating func release(after index: Int) {
    let unread = registers.filter { id, _ in
      lastReader[id].map { $0 <= index } ?? true && !committed.contains(id)
    }
    for (id, register) in unread.sorted(by: { $0.key < $1.key }) {
      registers[id] = nil
      free.append(register)
    }
  }

  /// The number that a movement of columns has in place of a second operand: `tiled` counts the columns of its operand there.
  private func columns(of node: Node) -> rondo_operand? {
    switch node.operation {
    case .repeated(let n), .groupSum(let n), .groupMaximum(let n), .tileSum(let n): operand(RONDO_REGISTER, n)
    case .tiled: operand(RONDO_REGISTER, graph[node.inputs[0]].width)
    default: nil
    }
  }

  private func opcode(_ operation: Operation) -> rondo_op {
    switch operation {
    case .unary(let function):
      switch function {
      case .identity: RONDO_OP_COPY
      case .negate: RONDO_OP_NEG
      case .absolute: RONDO_OP_ABS
      case .exp: RONDO_OP_EXP
      case .log: RONDO_OP_LOG
      case .sigmoid: RONDO_OP_SIGMOID
      case .tanh: RONDO_OP_TANH
      case .relu: RONDO_OP_RELU
      case .softplus: RONDO_OP_SOFTPLUS
      case .squareRoot: RONDO_OP_SQRT
      case .sin: RONDO_OP_SIN
      case .cos: RONDO_OP_COS
      }
    case .binary(let function):
      switch function {
      case .add: RONDO_OP_ADD
      case .subtract: RONDO_OP_SUB
      case .multiply: RONDO_OP_MUL
      case .divide: RONDO_OP_DIV
      case .minimum: RONDO_OP_MIN
      case .maximum: RONDO_OP_MAX
      case .less: RONDO_OP_LESS
      }
    case .select: RONDO_OP_SELECT
    case .multiplyAdd: RONDO_OP_FMA
    case .sum: RONDO_OP_SUM
    case .maximum: RONDO_OP_MAXIMUM
    case .repeated: RONDO_OP_REPEAT
    case .tiled: RONDO_OP_TILE
    case .groupSum: RONDO_OP_GROUP_SUM
    case .groupMaximum: RONDO_OP_GROUP_MAXIMUM
    case .tileSum: RONDO_OP_TILE_SUM
    default: fatalError("lower: \(operation) is not an instruction")
    }
  }
}
