import RondoNN
import RondoRecurrence
import RondoTestSupport
import Testing

@Suite struct LoopsTests {
  /// The states of each loop of a cell, in the order in which the loops run.
  private func loops(_ cell: some Cell) -> [[String]] {
    let step = canonicalize(trace(cell, inputSize: 3))
    let found = findLoops(step)
    var states: [Int: [String]] = [:]
    for (id, node) in step.graph.nodes.enumerated() {
      if case .state(let index) = node.operation, let loop = found.loop[id] {
        states[loop, default: []].append(step.states[index].name)
      }
    }
    return states.sorted { $0.key < $1.key }.map { $0.value.sorted() }
  }

  @Test func statesThatDependOnEachOtherShareALoop() {
    #expect(loops(LSTM(hiddenSize: 4)) == [["c", "h"]])
    #expect(loops(SwappedStates(hiddenSize: 4)) == [["a", "b"]])
  }

  @Test func aStackHasALoopForEachLayer() {
    #expect(loops(StackInOneCell(lower: 5, upper: 4)) == [["c", "h"], ["u"]])
    #expect(loops(ThreeLoopsInAChain(hiddenSize: 4)) == [["a"], ["b"], ["c"]])
  }

  @Test func aDelayIsNoLoop() {
    #expect(loops(TokenShift(hiddenSize: 4)) == [])
    #expect(loops(ChainOfDelays(hiddenSize: 4)) == [])
    #expect(loops(DelayedOutput(hiddenSize: 4)) == [["h"]])
  }

  @Test func aStateThatStaysIsALoopOfItsOwn() {
    #expect(loops(UnassignedState(hiddenSize: 4)) == [["context"], ["h"]])
  }

  @Test(arguments: StressCells.all)
  func componentsComeAfterWhatTheyDependOn(_ cell: CellConformance) {
    let step = canonicalize(trace(cell.cell, inputSize: cell.inputSize))
    let found = findLoops(step)
    #expect(found.components.joined().sorted() == Array(step.graph.nodes.indices))
    var done: Set<NodeID> = []
    for component in found.components {
      done.formUnion(component)
      for id in component {
        #expect((found.loop[id] != nil) == (component.count > 1))
        #expect(step.graph[id].inputs.allSatisfy(done.contains))
      }
    }
  }

  /// A path through 100,000 equations would need some 20 MB of stack if it were followed by recursion; threads have half a megabyte.
  @Test func depthNeedsNoStack() {
    struct Deep: Cell {
      var states: StateShapes { ["h": 1] }
      func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
        var y = s.h + x
        for index in 0..<100_000 { y = y * (Double(index) + x) }
        s.h = y
        return y
      }
    }
    let step = trace(Deep(), inputSize: 1)
    let found = findLoops(step)
    #expect(found.components.map(\.count).max()! > 100_000)
  }
}
