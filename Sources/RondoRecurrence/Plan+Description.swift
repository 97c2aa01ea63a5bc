// How a plan prints: what runs for all rows at once, what in each step, with the cell's own names.

extension Plan: CustomStringConvertible {
  package var description: String {
    var lines: [String] = []
    for (phase, works) in zip(schedule.phases, works) {
      switch phase.kind {
      case .once: lines.append("  once")
      case .sequences: lines.append("  once for all steps")
      case .whole: lines.append("  all rows at once")
      case .loop: lines.append("  each step")
      }
      lines += works.map { "    " + describe($0) }
    }
    if !memory.kept.isEmpty {
      lines.append("  reads " + memory.kept.map { name(ofKept: $0) }.joined(separator: " "))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var graph: Graph { step.graph }

  private func name(ofKept id: NodeID) -> String {
    let node = graph.nodes.firstIndex { $0.operation == .kept(id) }!
    return "\(graph.name(node))[\(graph[node].width)]"
  }

  private func describe(_ work: Work) -> String {
    switch work {
    case .product(let id, _):
      let node = graph[id]
      let start = node.inputs.count > 2 ? operand(node.inputs[2]) + " + " : ""
      let transposition = node.operation == .product(transposed: true) ? "" : "ᵀ"
      return
        "product \(label(id)) = \(start)\(operand(node.inputs[0])) · \(operand(node.inputs[1]))\(transposition)"
    case .outer(let id):
      return "outer   \(label(id)) = Σ \(operand(graph[id].inputs[0]))ᵀ · \(operand(graph[id].inputs[1]))"
    case .total(let id):
      return "total   \(label(id)) = Σ \(graph[id].inputs.map(operand).joined(separator: " · "))"
    case .overMemory(let id):
      let function = graph[id].operation == .softmaxOverMemory ? "softmax" : "sum    "
      return "\(function) \(label(id)) over the memory of \(operand(graph[id].inputs[0]))"
    case .program(let program):
      let nodes = program.nodes.filter { graph[$0].operation != .concatenate }
      let widths = program.sections.map(\.width).filter { $0 > 1 }
      let size = "\(nodes.count) operation\(nodes.count == 1 ? "" : "s"), width \(widths.max() ?? 1)"
      // Parts of a concatenation are not named beside it.
      let parts = Set(
        program.nodes.filter { graph[$0].operation == .concatenate }.flatMap { graph[$0].inputs })
      let stored = program.nodes.filter { memory.home[$0] != nil && !parts.contains($0) }
      let results = Set(stored + program.commits.map { step.updates[$0] }).sorted().map { label($0) }
      return "fused   \(results.joined(separator: " ")) (\(size))"
    }
  }

  private func label(_ id: NodeID) -> String { "\(graph.names[id] ?? "%\(id)")[\(graph[id].width)]" }

  private func operand(_ id: NodeID) -> String {
    switch graph[id].operation {
    case .slice(let offset):
      graph.names[id].map { $0 } ?? "\(operand(graph[id].inputs[0]))[\(offset)..<\(offset + graph[id].width)]"
    case .constant(let value): "\(value)"
    case .binary(.add): graph.names[id] ?? graph[id].inputs.map(operand).joined(separator: " + ")
    default: graph.names[id] ?? "%\(id)"
    }
  }
}
