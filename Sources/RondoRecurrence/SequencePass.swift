import RondoCore

// One forward and backward pass of a cell over plain arrays, on any executor: what gradient checks and comparisons of executors run.

/// The arrays that go into a pass: row-major, rows and sequences in the layout's sorted order.
package struct SequenceValues<Element: BinaryFloatingPoint & Sendable>: Sendable {
  /// [rows, inputSize] (backward: the gradient of the output).
  package var input: [Element]
  /// One per further input: [rows, width], [sequences, width], or for a memory [slots, width], sequence by sequence.
  package var further: [[Element]]
  /// One [sequences, width] per state: initial states (backward: gradients of the final states).
  package var states: [[Element]]
  package var parameters: [[Element]]

  package init(
    input: [Element], further: [[Element]] = [], states: [[Element]], parameters: [[Element]]
  ) {
    self.input = input
    self.further = further
    self.states = states
    self.parameters = parameters
  }
}

/// The results of a pass: outputs and final states, and what they become when differentiated.
package struct SequenceResults<Element: BinaryFloatingPoint & Sendable>: Sendable {
  package var output: [Element]
  package var final: [[Element]]
  /// What the plans record, and its gradients, as the run has their rows.
  package var recorded: [[Element]] = []
  package var recordedGradients: [[Element]] = []
  /// With gradients given: those of the input, the initial states and the parameters.
  package var gradients: SequenceValues<Element>?

  package init(output: [Element], final: [[Element]], gradients: SequenceValues<Element>? = nil) {
    self.output = output
    self.final = final
    self.gradients = gradients
  }
}

extension Executor {
  /// Runs a cell over a batch, and backwards if the gradients of its results are given.
  package static func run(
    _ plans: RecurrencePlans, _ walk: Walk, _ values: SequenceValues<Element>, masks: MaskSource? = nil,
    resultGradients: (output: [Element], final: [[Element]])? = nil
  ) -> SequenceResults<Element> {
    let layout = walk.layout
    let places = layout.sequenceCount
    var values = values
    var output = [Element](repeating: .nan, count: layout.rowCount * plans.outputSize)
    let isKept = resultGradients != nil
    let forward = Runner<Self>(isKept ? plans.training : plans.inference, for: walk)

    func bind(
      _ runner: Runner<Self>, _ kind: Buffer.Kind, _ array: UnsafeMutableBufferPointer<Element>, _ width: Int
    ) {
      if let base = array.baseAddress { runner.bind(kind, Region(base, stride: width)) }
    }
    func setStates(_ runner: Runner<Self>, _ states: [[Element]]) {
      for (state, shape) in plans.step.states.enumerated() {
        for place in 0..<places {
          states[state].withUnsafeBufferPointer {
            runner.setState(state, place: place, $0.baseAddress! + place * shape.width)
          }
        }
      }
    }
    func finalStates(_ runner: Runner<Self>) -> [[Element]] {
      plans.step.states.enumerated().map { state, shape in
        (0..<places).flatMap { place in
          Array(UnsafeBufferPointer(start: runner.finalState(state, place: place), count: shape.width))
        }
      }
    }
    func recorded(_ runner: Runner<Self>) -> [[Element]] {
      runner.plan.step.recorded.map { value in
        let (node, region) = (runner.plan.step.graph[value.node], runner.region(of: value.node))
        return (0..<walk.rowCount(node.domain)).flatMap { row in
          UnsafeBufferPointer(start: region.base + row * region.stride, count: node.width)
        }
      }
    }
    let parameterWidths = plans.step.parameters.map { $0.shape.last! }

    return values.input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { outputBuffer in
        withBuffers(&values.parameters, &values.further) { parameters, further in
          for (index, values) in further.enumerated() {
            bind(forward, .further(index), values, plans.step.further[index].width)
          }
          bind(forward, .input, input, plans.step.inputSize)
          bind(forward, .output, outputBuffer, plans.outputSize)
          for (index, parameter) in parameters.enumerated() {
            bind(forward, .parameter(index), parameter, parameterWidths[index])
          }
          setStates(forward, values.states)
          forward.draw(masks ?? plans.sampleMasks, for: layout)
          forward.run(walk)
          var results = SequenceResults(output: Array(outputBuffer), final: finalStates(forward))
          results.recorded = recorded(forward)
          guard let resultGradients else { return results }

          let backward = Runner<Self>(plans.backward, for: walk)
          var outputGradient = resultGradients.output
          var inputGradient = [Element](repeating: .nan, count: input.count)
          var gradients = parameters.map { [Element](repeating: 0, count: $0.count) }
          backward.bindForward(forward)
          setStates(backward, resultGradients.final)
          outputGradient.withUnsafeMutableBufferPointer { outputGradient in
            inputGradient.withUnsafeMutableBufferPointer { inputGradient in
              var none: [[Element]] = []
              withBuffers(&gradients, &none) { gradients, _ in
                bind(backward, .input, outputGradient, plans.outputSize)
                bind(backward, .output, inputGradient, plans.step.inputSize)
                for index in parameters.indices {
                  bind(backward, .parameter(index), parameters[index], parameterWidths[index])
                  bind(backward, .parameterGradient(index), gradients[index], parameterWidths[index])
                }
                backward.run(walk.opposite)
              }
            }
          }
          results.recordedGradients = recorded(backward)
          results.gradients = SequenceValues(
            input: inputGradient,
            further: plans.step.further.indices.map { index in
              let region = backward.region(of: plans.backwardStep.furtherGradients[index])
              let width = plans.step.further[index].width
              return (0..<further[index].count / width).flatMap { row in
                UnsafeBufferPointer(start: region.base + row * region.stride, count: width)
              }
            }, states: finalStates(backward), parameters: gradients)
          return results
        }
      }
    }
  }
}

extension FurtherInput {
  /// The number of its rows, if it is the further input of this number.
  package func rowCount(in walk: Walk, _ index: Int) -> Int {
    switch kind {
    case .step: walk.layout.rowCount
    case .sequence: walk.layout.sequenceCount
    case .memory: walk.slots[index].rowCount
    }
  }
}

extension RecurrencePlans {
  /// Some numbers of slots for each sequence of each memory, among them none.
  package func sampleSlotCounts(_ layout: SequenceLayout) -> [[Int]] {
    let counts = [2, 0, 3, 1, 4]
    return step.further.enumerated().map { index, input in
      input.kind == .memory ? layout.lengths.indices.map { counts[($0 + 2 * index) % counts.count] } : []
    }
  }

  /// Some masks for the step.
  package var sampleMasks: MaskSource {
    MaskSource(seed: 1, pass: 1, streams: step.masks.map { RandomSource.stream($0.name) })
  }
}

private func withBuffers<Element, R>(
  _ first: inout [[Element]], _ second: inout [[Element]],
  _ body: ([UnsafeMutableBufferPointer<Element>], [UnsafeMutableBufferPointer<Element>]) -> R
) -> R {
  func copies(_ arrays: [[Element]]) -> [UnsafeMutableBufferPointer<Element>] {
    arrays.map { array in
      let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, array.count))
      _ = copy.initialize(from: array)
      return UnsafeMutableBufferPointer(rebasing: copy[0..<array.count])
    }
  }
  func takeBack(_ copies: [UnsafeMutableBufferPointer<Element>], _ arrays: inout [[Element]]) {
    for (index, copy) in copies.enumerated() {
      arrays[index] = Array(copy)
      copy.deallocate()
    }
  }
  let (firstCopies, secondCopies) = (copies(first), copies(second))
  defer {
    takeBack(firstCopies, &first)
    takeBack(secondCopies, &second)
  }
  return body(firstCopies, secondCopies)
}
