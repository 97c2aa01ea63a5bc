// Pass 6: runs of pointwise operations and reductions over features become row programs; what is left are products and sums over rows.

/// Pointwise operations and reductions over features, row by row, for all rows of one domain.
package struct RowProgram: Sendable {
  /// Operations of one width, all of whose operands from other sections are complete when it begins.
  package struct Section: Hashable, Sendable {
    package var level: Int
    package var width: Int
    package var nodes: [NodeID]
  }
  package var domain: Domain
  package var sections: [Section] = []
  /// States whose new values this program stores, after everything that reads their previous values.
  package var commits: [Int] = []

  package var nodes: [NodeID] { sections.flatMap(\.nodes) }
}

package enum Work: Sendable {
  /// A product; with a commit it writes the new value of that state in place.
  case product(NodeID, commit: Int?)
  case program(RowProgram)
  case outer(NodeID)
  case total(NodeID)
  /// A softmax or a sum over the slots of each sequence's memory.
  case overMemory(NodeID)

  package var nodes: [NodeID] {
    switch self {
    case .product(let node, _), .outer(let node), .total(let node), .overMemory(let node): [node]
    case .program(let program): program.nodes
    }
  }
}

/// The node whose rows are read where `id` is read: through slices and broadcasts.
package func base(_ id: NodeID, in graph: Graph) -> NodeID {
  switch graph[id].operation {
  case .slice, .broadcast: base(graph[id].inputs[0], in: graph)
  default: id
  }
}

/// The works of each phase, in the order in which they run.
///
/// - Parameter keep: Nodes that somebody reads after the pass; a product among them cannot live in a state alone.
package func fuse(_ step: StepGraph, _ schedule: Schedule, keep: Set<NodeID> = []) -> [[Work]] {
  let graph = step.graph
  return schedule.phases.map { phase in
    var pending = phase.nodes
    var works: [Work] = []
    /// Whether all operands are there, `open` being the nodes that no work before this one computes, `unavailable` those of them that this
    /// work does not compute either.
    func isReady(_ id: NodeID, open: Set<NodeID>, unavailable: Set<NodeID>) -> Bool {
      graph[id].inputs.allSatisfy { input in
        let source = base(input, in: graph)
        if case .state(let index) = graph[source].operation {
          // Outside of its loop, a state's previous value is another row of its new value.
          return phase.states.contains(index) || !open.contains(step.updates[index])
        }
        return !unavailable.contains(source)
      }
    }
    while !pending.isEmpty {
      let waiting = Set(pending)
      let products = pending.filter {
        !isPointwise(graph[$0].operation) && isReady($0, open: waiting, unavailable: waiting)
      }
      if !products.isEmpty {
        works += products.map { id in
          switch graph[id].operation {
          case .outer: .outer(id)
          case .total: .total(id)
          case .softmaxOverMemory, .sumOverMemory: .overMemory(id)
          default: .product(id, commit: nil)
          }
        }
        pending.removeAll { products.contains($0) }
        continue
      }
      // Everything pointwise of one domain that waits for no product.
      var program: [NodeID] = []
      var unavailable = waiting
      var domain: Domain?
      for id in pending
      where isPointwise(graph[id].operation) && isReady(id, open: waiting, unavailable: unavailable) {
        if domain == nil { domain = rowDomain(id, in: graph) }
        guard rowDomain(id, in: graph) == domain else { continue }
        program.append(id)
        unavailable.remove(id)
      }
      works.append(.program(RowProgram(domain: domain!, sections: sections(of: program, in: graph))))
      pending.removeAll { program.contains($0) }
    }
    addCommits(of: phase, to: &works, step: step, keep: keep)
    return works
  }
}

package func isPointwise(_ operation: Operation) -> Bool {
  !operation.isProduct && !operation.sumsOverRows && !operation.runsOverMemory
}

/// The domain whose rows a pointwise node walks: a sum over steps adds up rows as they come.
private func rowDomain(_ id: NodeID, in graph: Graph) -> Domain {
  graph[id].operation == .sumOverSteps ? graph[graph[id].inputs[0]].domain : graph[id].domain
}

/// Cuts a program into sections: an operation runs in the section of its operands if they have its width and are read where they are
/// computed, otherwise in a later one (a reduction or the source of a slice must be complete).
private func sections(of nodes: [NodeID], in graph: Graph) -> [RowProgram.Section] {
  var level: [NodeID: Int] = [:]
  /// The columns that an operation runs over.
  func width(_ id: NodeID) -> Int {
    isReduction(graph[id].operation) ? graph[graph[id].inputs[0]].width : graph[id].width
  }
  for id in nodes {
    var own = 0
    for input in graph[id].inputs {
      let source = base(input, in: graph)
      guard let known = level[source] else { continue }
      let isDirect =
        source == input && !isReduction(graph[source].operation)
        && (graph[source].width == width(id) || graph[id].operation == .concatenate)
      own = max(own, isDirect && graph[source].operation != .concatenate ? known : known + 1)
    }
    level[id] = own
  }
  var sections: [RowProgram.Section] = []
  for id in nodes {
    if let index = sections.firstIndex(where: { $0.level == level[id]! && $0.width == width(id) }) {
      sections[index].nodes.append(id)
    } else {
      sections.append(RowProgram.Section(level: level[id]!, width: width(id), nodes: [id]))
    }
  }
  return sections.sorted { ($0.level, $0.width) < ($1.level, $1.width) }
}

package func isReduction(_ operation: Operation) -> Bool { operation == .sum || operation == .maximum }

/// Decides for each state of a loop which work stores its new value: one that runs when nobody needs the previous value any more.
private func addCommits(of phase: Phase, to works: inout [Work], step: StepGraph, keep: Set<NodeID>) {
  let graph = step.graph
  let readers = readersOf(graph)
  for state in phase.carried {
    let update = step.updates[state]
    func reads(_ work: Work) -> Bool {
      work.nodes.contains { node in
        graph[node].inputs.contains { graph[base($0, in: graph)].operation == .state(state) }
      }
    }
    let lastReader = works.lastIndex(where: reads) ?? -1
    let writer = works.firstIndex { $0.nodes.contains(update) }!
    if case .product(let id, nil) = works[writer], writer > lastReader, readers[update].isEmpty,
      step.output != update,
      step.updates.filter({ $0 == update }).count == 1, !keep.contains(update)
    {
      works[writer] = .product(id, commit: state)
      continue
    }
    let target = works.indices.last { index in
      guard index >= writer, index >= lastReader, case .program(let program) = works[index] else {
        return false
      }
      return program.domain == .steps
    }
    // Prefer the program that computes the value: it still has it in a register.
    var index = target ?? works.count
    if case .program = works[writer], writer >= lastReader { index = writer }
    if index == works.count { works.append(.program(RowProgram(domain: .steps))) }
    if case .program(var program) = works[index] {
      program.commits.append(state)
      works[index] = .program(program)
    }
  }
}
