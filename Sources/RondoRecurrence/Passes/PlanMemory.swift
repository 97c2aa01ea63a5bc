// Pass 7: every value that leaves a register gets a place in memory.

package struct MemoryPlan: Sendable {
  package var buffers: [Buffer] = []
  /// Where each node is read, if it has a place; a value that several concatenations hold has several, this is one of them.
  package var home: [NodeID: Source] = [:]
  /// Where the previous value of a state is read by what the loop that carries it does not compute: in the row of the step walked before.
  package var history: [NodeID: Source] = [:]
  /// The places that a value is stored in when it is computed.
  package var destinations: [NodeID: [Source]] = [:]
  package var packed: [PackedWeight] = []
  /// Backward plans: the forward nodes that this plan reads.
  package var kept: [NodeID] = []
}

/// Assigns places.
///
/// - Parameters:
///   - keep: Nodes that a backward pass or a recording reads later.
///   - forward: In a backward plan, the plan of the forward step.
package func planMemory(
  _ step: StepGraph, _ schedule: Schedule, _ works: [[Work]], keep: Set<NodeID> = [], forward: Plan? = nil
) -> MemoryPlan {
  var planner = MemoryPlanner(step: step, schedule: schedule, works: works, keep: keep, forward: forward)
  return planner.run()
}

private struct MemoryPlanner {
  let step: StepGraph
  let schedule: Schedule
  let works: [[Work]]
  let keep: Set<NodeID>
  let forward: Plan?
  var plan = MemoryPlan()
  /// The nodes of each section of a loop's programs in the order in which they are computed.
  let sections: [[NodeID]]
  /// The nodes of which something is read after the pass.
  let lasting: Set<NodeID>
  /// Columns of buffers whose first values later ones have replaced.
  private var takenOver: [Int: [Range<Int>]] = [:]

  init(step: StepGraph, schedule: Schedule, works: [[Work]], keep: Set<NodeID>, forward: Plan?) {
    self.step = step
    self.schedule = schedule
    self.works = works
    self.keep = keep
    self.forward = forward
    lasting = Set(keep.union(step.roots).map { base($0, in: step.graph) })
    sections = zip(schedule.phases, works).filter { $0.0.kind == .loop }.flatMap { _, works in
      works.flatMap { work -> [[NodeID]] in
        if case .program(let program) = work { program.sections.map(\.nodes) } else { [] }
      }
    }
  }

  var graph: Graph { step.graph }

  mutating func run() -> MemoryPlan {
    let needs = placesNeeded()
    for id in graph.nodes.indices { addLeaf(id) }
    // Concatenations first: their parts are computed straight into them.
    for id in graph.nodes.indices.reversed() where graph[id].operation == .concatenate {
      if plan.home[id] == nil { place(id, needs[id]) }
      var column = 0
      for part in graph[id].inputs {
        if let home = plan.home[id], isComputed(part), inSameProgram(part, id) {
          let target = Source(buffer: home.buffer, column: home.column + column, mode: home.mode)
          let lastsLongEnough = (needs[part] ?? .local) <= needs[id]!
          let isHome = plan.home[part] == nil && !mustOwn(part) && lastsLongEnough
          if isHome { plan.home[part] = target }
          // A concatenation in a concatenation is filled there or copied there as a whole.
          if isHome || graph[part].operation != .concatenate {
            plan.destinations[part, default: []].append(target)
          }
        }
        column += graph[part].width
      }
    }
    let readers = readersOf(graph)
    for id in graph.nodes.indices where isComputed(id) && graph[id].operation != .concatenate {
      guard plan.home[id] == nil, let need = needs[id] else { continue }
      if let place = placeOfItsStart(id, readers) ?? placeOfItsOperand(id, need, readers) {
        plan.home[id] = place
        plan.destinations[id, default: []].append(place)
      } else {
        place(id, need)
      }
    }
    let readElsewhere = statesReadOutsideOfTheirLoop()
    for id in graph.nodes.indices {
      guard case .state(let index) = graph[id].operation, readElsewhere.contains(index) else { continue }
      let history = plan.home[step.updates[index]]!
      plan.history[id] = Source(
        buffer: history.buffer, column: history.column, mode: .previous,
        initial: buffer(.initial(index), step.states[index].width))
    }
    for gradient in step.gradients {
      _ = buffer(.parameterGradient(gradient.parameter), step.parameters[gradient.parameter].shape.last!)
    }
    for id in keep {
      if case .state(let index) = graph[id].operation {
        _ = buffer(.initial(index), step.states[index].width)
      }
    }
    for state in step.states.indices where !isCarried(state) {
      _ = buffer(.initial(state), step.states[state].width)
    }
    for phase in works {
      for case .product(let id, _) in phase { addPacked(id) }
    }
    return plan
  }

  /// Where a product's start lies, if nothing else reads it: the result takes its place, row by row.
  private func placeOfItsStart(_ id: NodeID, _ readers: [[NodeID]]) -> Source? {
    guard graph[id].operation.isProduct, graph[id].inputs.count > 2, id != step.output else { return nil }
    let start = graph[id].inputs[2]
    guard readers[start] == [id], graph[start].domain == graph[id].domain, isTemporary(start) else {
      return nil
    }
    return plan.home[start]
  }

  /// Where an operand lies that nothing reads any more when a value of a loop is computed: a value that lasts longer takes its place. What a
  /// gate is computed from is then overwritten by the gate while it is in the cache, instead of keeping memory of its own.
  private mutating func placeOfItsOperand(_ id: NodeID, _ need: Need, _ readers: [[NodeID]]) -> Source? {
    guard need == .rows, graph[id].domain == .steps, id != step.output, isPointwise(graph[id].operation),
      !isReduction(graph[id].operation), let section = sections.first(where: { $0.contains(id) })
    else { return nil }
    // A section's concatenations are filled when everything else in it is computed.
    let instructions = section.filter { graph[$0].operation != .concatenate }
    let order = Dictionary(uniqueKeysWithValues: instructions.enumerated().map { ($1, $0) })
    let operands = Set(instructions.prefix(order[id]! + 1).flatMap { graph[$0].inputs })
    for operand in operands.sorted(by: >) where graph[operand].width == graph[id].width {
      let (source, columns) = columns(of: operand)
      guard isTemporary(source), !section.contains(source), let home = plan.home[source] else { continue }
      // A section runs over some columns after the others: who reads other columns, or moves them, may find them overwritten.
      let isFree = readingColumns(columns, of: source, readers).allSatisfy { reader, read in
        (order[reader] ?? .max) <= order[id]! && read == columns
          && (graph[reader].width == read.count || isReduction(graph[reader].operation))
      }
      let first = home.column + columns.lowerBound
      let taken = first..<first + columns.count
      if !isFree || takenOver[home.buffer, default: []].contains(where: { $0.overlaps(taken) }) { continue }
      takenOver[home.buffer, default: []].append(taken)
      return Source(buffer: home.buffer, column: first, mode: .row)
    }
    return nil
  }

  /// Whether a value has a row for each step that is nobody's but this pass's, and only for as long as something reads it.
  private func isTemporary(_ id: NodeID) -> Bool {
    guard let home = plan.home[id], home.mode == .row, plan.buffers[home.buffer].kind == .rows else {
      return false
    }
    return isComputed(id) && graph[id].operation != .concatenate && !lasting.contains(id)
      && plan.destinations[id] == [home]
  }

  /// The node that an operand is a part of, and which columns of it.
  private func columns(of id: NodeID) -> (node: NodeID, columns: Range<Int>) {
    guard case .slice(let offset) = graph[id].operation else { return (id, 0..<graph[id].width) }
    let (node, columns) = columns(of: graph[id].inputs[0])
    let first = columns.lowerBound + offset
    return (node, first..<first + graph[id].width)
  }

  /// The nodes that read some of a node's columns, through slices, too, and the columns that each of them reads. A broadcast counts as a
  /// reader of its own, which is in no section.
  private func readingColumns(
    _ wanted: Range<Int>, of id: NodeID, _ readers: [[NodeID]]
  ) -> [(reader: NodeID, columns: Range<Int>)] {
    readers[id].flatMap { reader -> [(reader: NodeID, columns: Range<Int>)] in
      guard case .slice = graph[reader].operation else { return [(reader, columns(of: id).columns)] }
      return columns(of: reader).columns.overlaps(wanted) ? readingColumns(wanted, of: reader, readers) : []
    }
  }

  private enum Need: Int, Comparable {
    case local, rows
    static func < (a: Need, b: Need) -> Bool { a.rawValue < b.rawValue }
  }

  private func isComputed(_ id: NodeID) -> Bool { graph[id].operation.isWork }

  private func isCarried(_ state: Int) -> Bool { schedule.phases.contains { $0.carried.contains(state) } }

  private func statesReadOutsideOfTheirLoop() -> Set<Int> {
    var states: Set<Int> = []
    for (phase, works) in zip(schedule.phases, works) {
      for input in works.flatMap(\.nodes).flatMap({ graph[$0].inputs }) {
        if case .state(let index) = graph[base(input, in: graph)].operation, !phase.carried.contains(index) {
          states.insert(index)
        }
      }
    }
    return states
  }

  private func inSameProgram(_ a: NodeID, _ b: NodeID) -> Bool {
    works.joined().contains { work in
      if case .program(let program) = work {
        program.nodes.contains(a) && program.nodes.contains(b)
      } else {
        false
      }
    }
  }

  /// Outputs have a place of their own, even if a concatenation holds them too.
  private func mustOwn(_ id: NodeID) -> Bool {
    id == step.output || step.updates.contains(id) || keep.contains(id) || step.furtherGradients.contains(id)
      || step.recorded.contains { $0.node == id }
  }

  /// Which computed values have to leave the registers, and for how long.
  private func placesNeeded() -> [NodeID: Need] {
    var needs: [NodeID: Need] = [:]
    func need(_ id: NodeID, _ value: Need) { needs[id] = max(needs[id] ?? .local, value) }
    for (number, phase) in schedule.phases.enumerated() {
      for work in works[number] {
        func read(_ operand: NodeID, inSection section: RowProgram.Section?) {
          let source = base(operand, in: graph)
          guard isComputed(source) else {
            if case .state(let index) = graph[source].operation, !phase.carried.contains(index) {
              need(step.updates[index], .rows)
            }
            return
          }
          let isSamePhase =
            graph[source].operation != .sumOverSteps && schedule.phase[source] == number
            && phase.kind == .loop
          if let section, section.nodes.contains(source), source == operand { return }
          if case .program(let program) = work, program.nodes.contains(source), graph[source].width == 1,
            section.map({ !$0.nodes.contains(source) }) ?? true
          {
            return  // A row's single value stays in a scalar.
          }
          need(source, isSamePhase ? .local : .rows)
        }
        switch work {
        case .product(let id, let commit):
          if commit == nil { need(id, phase.kind == .loop ? .local : .rows) }
          for input in graph[id].inputs { read(input, inSection: nil) }
        case .outer(let id), .total(let id):
          need(id, .rows)
          for input in graph[id].inputs { read(input, inSection: nil) }
        case .overMemory(let id):
          need(id, phase.kind == .loop ? .local : .rows)
          for input in graph[id].inputs { read(input, inSection: nil) }
        case .program(let program):
          for section in program.sections {
            for id in section.nodes {
              if graph[id].operation == .sumOverSteps { need(id, .rows) }
              if graph[id].operation == .concatenate {
                need(id, phase.kind == .loop ? .local : .rows)
                for input in graph[id].inputs
                where !program.nodes.contains(input) || graph[input].operation == .concatenate {
                  read(input, inSection: nil)
                }
              } else {
                for input in graph[id].inputs { read(input, inSection: section) }
              }
            }
          }
          for state in program.commits {
            let update = step.updates[state]
            let section = program.sections.first { $0.nodes.contains(update) }
            let isLast = section.map { commitsAtEnd(of: $0, state: state, in: program) } ?? false
            if !isLast, isComputed(update) { need(update, .local) }
          }
        }
      }
    }
    for id in keep {
      if case .state(let index) = graph[id].operation { need(step.updates[index], .rows) }
      if isComputed(id) { need(id, .rows) }
    }
    if let output = step.output { need(output, .rows) }
    for state in step.states.indices where !isCarried(state) { need(step.updates[state], .rows) }
    for id in step.gradients.map(\.node) + step.furtherGradients {
      let source = base(id, in: graph)
      if isComputed(source) { need(source, .rows) }
    }
    return needs
  }

  private func commitsAtEnd(of section: RowProgram.Section, state: Int, in program: RowProgram) -> Bool {
    program.committingSection(state: state, step: step) == section
  }

  private mutating func buffer(_ kind: Buffer.Kind, _ width: Int) -> Int {
    switch kind {
    case .rows, .places, .fixed, .memoryRows, .slotRows: break
    default:
      if let known = plan.buffers.firstIndex(where: { $0.kind == kind }) { return known }
    }
    plan.buffers.append(Buffer(kind: kind, width: width))
    return plan.buffers.count - 1
  }

  private mutating func place(_ id: NodeID, _ need: Need?) {
    guard let need else { return }
    let node = graph[id]
    let source: Source
    switch node.domain {
    case .steps where id == step.output:
      source = Source(buffer: buffer(.output, node.width), column: 0, mode: .row)
    case .steps:
      source =
        need == .rows
        ? Source(buffer: buffer(.rows, node.width), column: 0, mode: .row)
        : Source(buffer: buffer(.places, node.width), column: 0, mode: .place)
    case .sequences: source = Source(buffer: buffer(.places, node.width), column: 0, mode: .place)
    case .slots(let memory) where need == .rows:
      source = Source(buffer: buffer(.slotRows(memory), node.width), column: 0, mode: .slot)
    case .memory(let memory), .slots(let memory):
      // The slots of one step lie where those of the memory do.
      source = Source(buffer: buffer(.memoryRows(memory), node.width), column: 0, mode: .memory)
    case .fixed(let rows):
      // A weight gradient that is used for nothing else is accumulated where it belongs.
      let uses = step.gradients.filter { $0.node == id }
      if node.operation == .outer, uses.count == 1, !graph.nodes.contains(where: { $0.inputs.contains(id) }) {
        source = Source(
          buffer: buffer(.parameterGradient(uses[0].parameter), node.width), column: 0, mode: .matrix)
      } else {
        source = Source(
          buffer: buffer(.fixed(rows), node.width), column: 0, mode: rows == 1 ? .fixed : .matrix)
      }
    }
    plan.home[id] = source
    plan.destinations[id, default: []].append(source)
  }

  private mutating func addLeaf(_ id: NodeID) {
    let node = graph[id]
    switch node.operation {
    case .input:
      plan.home[id] = Source(buffer: buffer(.input, node.width), column: 0, mode: .row)
    case .state(let index):
      if isCarried(index) {
        plan.home[id] = Source(buffer: buffer(.carry(index), node.width), column: 0, mode: .place)
      }
    case .parameter(let index):
      plan.home[id] = Source(
        buffer: buffer(.parameter(index), node.width), column: 0,
        mode: node.domain == .fixed(rows: 1) ? .fixed : .matrix)
    case .mask(let index):
      let mode: Source.Mode =
        switch node.domain {
        case .steps: .row
        case .sequences: .place
        case .fixed(let rows): rows == 1 ? .fixed : .matrix
        case .memory, .slots: fatalError("planMemory: a mask of slots")
        }
      plan.home[id] = Source(buffer: buffer(.mask(index), node.width), column: 0, mode: mode)
    case .further(let index):
      let mode: Source.Mode =
        switch step.further[index].kind {
        case .step: .row
        case .sequence: .place
        case .memory: .memory
        }
      plan.home[id] = Source(buffer: buffer(.further(index), node.width), column: 0, mode: mode)
    case .kept(let forwardID):
      guard let forward else { fatalError("planMemory: a kept value without a forward plan") }
      plan.kept.append(forwardID)
      var source: Source
      if case .state(let index) = forward.step.graph[forwardID].operation {
        let history = forward.memory.home[forward.step.updates[index]]!
        let initial = forward.memory.buffers.firstIndex { $0.kind == .initial(index) }!
        source = Source(
          buffer: history.buffer, column: history.column, mode: .forwardPrevious,
          initial: buffer(.forward(initial), step.states[index].width))
      } else {
        source = forward.memory.home[forwardID]!
      }
      source.buffer = buffer(.forward(source.buffer), forward.memory.buffers[source.buffer].width)
      plan.home[id] = source
    default: break
    }
  }

  private mutating func addPacked(_ id: NodeID) {
    guard case .product(let transposed) = graph[id].operation else { return }
    let weight = packedWeight(of: id, transposed: transposed)
    if !plan.packed.contains(weight) { plan.packed.append(weight) }
  }

  private func packedWeight(of id: NodeID, transposed: Bool) -> PackedWeight {
    let w = graph[id].inputs[1]
    return PackedWeight(
      source: locate(w, in: graph, memory: plan, carried: []), transposed: transposed,
      outputs: graph[id].width,
      depth: graph[graph[id].inputs[0]].width)
  }
}

/// The place of a node, through slices and broadcasts, for works of a phase that carries these states.
package func locate(_ id: NodeID, in graph: Graph, memory: MemoryPlan, carried: [Int]) -> Source {
  let node = graph[id]
  switch node.operation {
  case .slice(let offset):
    var source = locate(node.inputs[0], in: graph, memory: memory, carried: carried)
    source.column += offset
    return source
  case .broadcast: return locate(node.inputs[0], in: graph, memory: memory, carried: carried)
  case .state(let index) where !carried.contains(index): return memory.history[id]!
  default: return memory.home[id]!
  }
}

extension RowProgram {
  /// The section at whose end the new value of a state can be stored from its register: it computes the value, and no later section reads
  /// the previous one.
  package func committingSection(state: Int, step: StepGraph) -> Section? {
    let graph = step.graph
    guard let index = sections.firstIndex(where: { $0.nodes.contains(step.updates[state]) }),
      !isReduction(graph[step.updates[state]].operation), graph[step.updates[state]].operation != .concatenate
    else { return nil }
    // A section's concatenations are copied when its instructions have run.
    let later =
      sections[index].nodes.filter { graph[$0].operation == .concatenate }
      + sections[(index + 1)...].flatMap(\.nodes)
    let isRead = later.contains { node in
      graph[node].inputs.contains { graph[base($0, in: graph)].operation == .state(state) }
    }
    return isRead ? nil : sections[index]
  }
}
