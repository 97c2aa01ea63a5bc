import RondoCore

/// What a cell reads beside its input, declared by use and passed by name.
package struct FurtherInput: Hashable, Sendable {
  /// The name is what declares it in the text of a cell.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A row for each step.
    case step = "input"
    /// A row for each sequence.
    case sequence = "perSequence"
    /// A row for each slot of each sequence's memory.
    case memory
  }
  package let name: String
  package let width: Int
  package let kind: Kind

  func domain(_ index: Int) -> Domain {
    switch kind {
    case .step: .steps
    case .sequence: .sequences
    case .memory: .memory(index)
    }
  }
}

extension Weights {
  /// A further input with a row for each step.
  public func input(_ name: String, _ width: Int) -> Term { further(name, width, .step) }

  /// A further input with a row for each sequence, the same in all of its steps.
  public func perSequence(_ name: String, _ width: Int) -> Term { further(name, width, .sequence) }

  /// A memory: a row for each of the slots that a sequence has, their number being another for each sequence.
  ///
  /// With a term of the step it makes a term that has a row for each slot in each step; `softmaxOverMemory` and `sumOverMemory` lead back
  /// to one row a step. What only depends on the memory is computed once.
  public func memory(_ name: String, _ width: Int) -> Term { further(name, width, .memory) }

  func further(_ name: String, _ width: Int, _ kind: FurtherInput.Kind) -> Term {
    require(width > 0, "the further input \(name) has width \(width)")
    let input = FurtherInput(name: name, width: width, kind: kind)
    let index = tracer.further.firstIndex { $0.name == name } ?? tracer.further.count
    if index == tracer.further.count { tracer.further.append(input) }
    require(
      tracer.further[index] == input,
      "\(name) is used as \(kind.rawValue) of width \(width) after \(tracer.further[index].kind.rawValue) of width "
        + "\(tracer.further[index].width)")
    let node = tracer.graph.add(.further(index), width: width, domain: input.domain(index))
    return Term(tracer: tracer, node: node).named(name)
  }
}

/// The softmax over the slots of each sequence's own memory, column by column: weights that add up to 1. Traps on a term without slots.
public func softmaxOverMemory(_ score: Term) -> Term {
  _ = slots(of: score, "softmaxOverMemory")
  let node = score.tracer.graph.spread(score.node)
  return Term(
    tracer: score.tracer,
    node: score.tracer.graph.add(.softmaxOverMemory, [node], width: score.width, domain: score.domain))
}

/// The sum over the slots of each sequence's own memory, zero if it has none. Traps on a term without slots.
public func sumOverMemory(_ x: Term) -> Term {
  let domain = slots(of: x, "sumOverMemory")
  return Term(tracer: x.tracer, node: x.tracer.graph.total(x.node, over: domain))
}

/// The domain in which a sum over the slots of a term has its rows.
private func slots(of term: Term, _ function: String) -> Domain {
  switch term.domain {
  case .slots: return .steps
  case .memory: return .sequences
  case .fixed, .sequences, .steps:
    fatalError(
      "\(function): \(term.tracer.graph.describe(term.node)) has no row for each slot of a memory")
  }
}
