import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct PlanMemoryTests {
  /// Floats for each row, by what a plan keeps for all rows.
  private func floatsPerRow(_ plan: Plan) -> Int {
    plan.memory.buffers.filter { $0.kind == .rows }.reduce(0) { $0 + $1.width }
  }

  /// i, f, g, o, which take the place of the products that they are computed from, and the cell state; h is the output.
  @Test func anLSTMKeepsFiveTimesItsUnits() {
    let plans = RecurrencePlans(LSTM(hiddenSize: 16), inputSize: 3)
    #expect(floatsPerRow(plans.training) == 5 * 16)
    // Without a backward pass only the input product has a row for each step.
    #expect(floatsPerRow(plans.inference) == 4 * 16)
    // Backwards: the gradients of the gates' sums.
    #expect(floatsPerRow(plans.backward) == 4 * 16)
  }

  /// A previous state and the state are the same rows, one step apart.
  @Test func previousStatesAreShiftedViews() {
    let plans = RecurrencePlans(LSTM(hiddenSize: 16), inputSize: 3)
    let (step, memory) = (plans.backwardStep, plans.backward.memory)
    for (name, mode) in [("c", Source.Mode.row), ("c'", .forwardPrevious), ("h'", .forwardPrevious)] {
      #expect(memory.home[step.node(name)!]?.mode == mode)
    }
    #expect(memory.home[step.node("c")!]!.buffer == memory.home[step.node("c'")!]!.buffer)
    // The output is h, so h' is read from the output's rows.
    let output = plans.training.memory.buffers.firstIndex { $0.kind == .output }!
    #expect(memory.buffers[memory.home[step.node("h'")!]!.buffer].kind == .forward(output))
  }

  /// A loop's own values have a row for each sequence only.
  @Test func whatNeverLeavesTheStepHasNoRows() {
    let plans = RecurrencePlans(LSTM(hiddenSize: 16), inputSize: 3)
    let memory = plans.inference.memory
    #expect(memory.home[plans.step.node("hh")!] == memory.home[plans.step.node("ih")!])
    for name in ["i", "f", "g", "o"] { #expect(memory.home[plans.step.node(name)!] == nil, "\(name)") }
    #expect(plans.inference.memory.buffers.contains { $0.kind == .carry(1) })
  }

  /// A weight gradient is summed where it belongs; a bias is added there.
  @Test func weightGradientsNeedNoPlaceOfTheirOwn() {
    let plans = RecurrencePlans(LSTM(hiddenSize: 16), inputSize: 3)
    let memory = plans.backward.memory
    for gradient in plans.backwardStep.gradients {
      let isOuter = plans.backwardStep.graph[gradient.node].operation == .outer
      let kind = memory.buffers[memory.home[gradient.node]!.buffer].kind
      #expect((kind == .parameterGradient(gradient.parameter)) == isOuter)
    }
  }

  /// The parts of the gates' gradient are computed side by side, straight into the next product's input.
  @Test func partsAreComputedIntoTheirConcatenation() {
    let plans = RecurrencePlans(LSTM(hiddenSize: 16), inputSize: 3)
    let (graph, memory) = (plans.backwardStep.graph, plans.backward.memory)
    let gates = plans.backwardStep.node("dhh")!
    #expect(graph[gates].operation == .concatenate)
    let home = memory.home[gates]!
    for (number, part) in graph[gates].inputs.enumerated() {
      var place = home
      place.column += number * 16
      #expect(memory.destinations[part] == [place])
    }
  }

  /// A weight is packed once for each way in which it is read.
  @Test func weightsArePackedOnce() {
    #expect(RecurrencePlans(LSTM(hiddenSize: 16), inputSize: 3).inference.memory.packed.count == 2)
    let tied = RecurrencePlans(TiedParameters(hiddenSize: 16), inputSize: 3)
    #expect(tied.inference.memory.packed.count == 2)
    #expect(tied.inference.works.joined().filter { if case .product = $0 { true } else { false } }.count == 4)
    #expect(tied.backward.memory.packed.allSatisfy { $0.transposed })
  }

  /// The nodes that read some columns of a node, through slices, too.
  private func readers(of node: NodeID, _ columns: Range<Int>, in graph: Graph) -> [NodeID] {
    graph.nodes.indices.filter { graph[$0].inputs.contains(node) }.flatMap { reader -> [NodeID] in
      guard case .slice(let offset) = graph[reader].operation else { return [reader] }
      let part = columns.clamped(to: offset..<offset + graph[reader].width)
      return part.isEmpty
        ? [] : readers(of: reader, part.lowerBound - offset..<part.upperBound - offset, in: graph)
    }
  }

  /// The nodes of a plan in the order in which they are computed.
  private func order(_ plan: Plan) -> [NodeID: Int] {
    let nodes = plan.works.joined().flatMap { work -> [NodeID] in
      guard case .program(let program) = work else { return work.nodes }
      return program.sections.flatMap { section in
        let isLast = { (id: NodeID) in plan.step.graph[id].operation == .concatenate }
        return section.nodes.filter { !isLast($0) } + section.nodes.filter(isLast)
      }
    }
    return Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) })
  }

  /// Two values are stored in the same columns only if nothing reads the first any more when the second is computed, and a concatenation's
  /// columns are written once each.
  @Test(arguments: StressCells.all)
  func noPlacesOverlap(_ cell: CellConformance) {
    let plans = cell.plans()
    for plan in [plans.inference, plans.training, plans.backward, plans.backwardWithoutInput] {
      let (graph, memory, order) = (plan.step.graph, plan.memory, order(plan))
      let lasting = plan.step.updates + plan.step.furtherGradients + plan.step.recorded.map(\.node)
      var stored: [Int: [(node: NodeID, columns: Range<Int>)]] = [:]
      for (node, places) in memory.destinations where graph[node].operation != .concatenate {
        for place in places {
          // Several gradients are added to one parameter's.
          if case .parameterGradient = memory.buffers[place.buffer].kind { continue }
          stored[place.buffer, default: []].append((node, place.column..<place.column + graph[node].width))
        }
      }
      for (buffer, values) in stored {
        for (number, value) in values.enumerated() {
          #expect(value.columns.upperBound <= memory.buffers[buffer].width)
          for other in values[..<number] where value.columns.overlaps(other.columns) {
            let isFirst = order[value.node]! < order[other.node]!
            let (first, second) = isFirst ? (value, other) : (other, value)
            let shared = first.columns.clamped(to: second.columns)
            let begin = first.columns.lowerBound
            let readers = readers(
              of: first.node, shared.lowerBound - begin..<shared.upperBound - begin, in: graph)
            #expect(!lasting.contains(first.node) && !readers.isEmpty)
            #expect(readers.allSatisfy { order[$0]! <= order[second.node]! }, "\(first.node), \(second.node)")
          }
        }
      }
      // Whoever has a home is stored there.
      for (node, home) in memory.home
      where graph[node].operation.isWork && graph[node].operation != .concatenate {
        #expect(memory.destinations[node]?.contains(home) == true)
      }
    }
  }

  /// Outputs, states and what is kept have homes of their own, which last.
  @Test(arguments: StressCells.all)
  func whatOutlivesThePassHasRows(_ cell: CellConformance) throws {
    let plans = cell.plans()
    let memory = plans.training.memory
    for node in plans.backwardStep.graph.nodes {
      guard case .kept(let id) = node.operation, plans.step.graph[id].operation.isWork else { continue }
      let mode = memory.home[id]?.mode
      let expected: Set<Source.Mode> =
        switch plans.step.graph[id].domain {
        case .steps: [.row]
        case .slots: [.slot]
        case .memory: [.memory]
        case .sequences: [.place]
        case .fixed: [.fixed, .matrix]
        }
      #expect(expected.contains(try #require(mode)))
    }
    for plan in [plans.inference, plans.training] {
      let home = plan.memory.home[plan.step.output!]!
      #expect(plan.memory.buffers[home.buffer].kind == .output)
      #expect(home.column == 0)
    }
  }
}
