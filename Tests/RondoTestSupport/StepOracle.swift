import RondoCore
import RondoRecurrence

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Evaluates a traced step straight from the definition of its nodes: sequence by sequence, step by step, value by value.
///
/// It knows neither canonical arithmetic nor phases, programs or places in memory, so it tells whether a plan computes what the equations
/// say.
package struct StepOracle {
  private let step: StepGraph

  package init(_ cell: some Cell, inputSize: Int) { step = trace(cell, inputSize: inputSize) }

  package func run(_ walk: Walk, _ values: SequenceValues<Double>) -> SequenceResults<Double> {
    run(walk, values) { _, _, _ in }
  }

  /// The rows of the value that the cell gave this name, as a run has them: those of the first step's sequences, those of the second's, and so on.
  package func values(of name: String, _ walk: Walk, _ values: SequenceValues<Double>) -> [Double] {
    let node =
      step.states.firstIndex { $0.name == name }.map { step.updates[$0] }
      ?? step.graph.names.keys.filter { id in
        if case .fixed = step.graph[id].domain { false } else { step.graph.names[id] == name }
      }.min()!
    let width = step.graph[node].width
    var found = Array(repeating: Double.nan, count: walk.rowCount(step.graph[node].domain) * width)
    _ = run(walk, values) { place, time, rows in
      let first =
        switch step.graph[node].domain {
        case .steps: walk.layout.row(place: place, time: time)
        case .sequences: place
        case .memory(let memory): walk.slots[memory].offsets[place]
        case .slots(let memory): walk.slots[memory].stepOffsets[time] + walk.slots[memory].offsets[place]
        case .fixed: preconditionFailure("StepOracle: \(name) is the same in all steps")
        }
      for (index, row) in rows[node].enumerated() {
        found.replaceSubrange((first + index) * width..<(first + index + 1) * width, with: row)
      }
    }
    return found
  }

  private func run(
    _ walk: Walk, _ values: SequenceValues<Double>,
    _ visit: (_ place: Int, _ time: Int, _ rows: [[[Double]]]) -> Void
  ) -> SequenceResults<Double> {
    let layout = walk.layout
    let masks = MaskSource(seed: 1, pass: 1, streams: step.masks.map { RandomSource.stream($0.name) })
    let outputSize = step.graph[step.output!].width
    var output = [Double](repeating: .nan, count: layout.rowCount * outputSize)
    var final = values.states
    for (place, sequence) in layout.order.enumerated() {
      var states = step.states.indices.map { index in
        let width = step.states[index].width
        return Array(values.states[index][place * width..<(place + 1) * width])
      }
      let times = 0..<layout.lengths[sequence]
      for time in walk.isUpwards ? Array(times) : times.reversed() {
        let row = layout.row(place: place, time: time)
        let x = Array(values.input[row * step.inputSize..<(row + 1) * step.inputSize])
        let id = layout.ids[sequence]
        let further = step.further.enumerated().map { index, input in
          let rows =
            switch input.kind {
            case .step: row..<row + 1
            case .sequence: place..<place + 1
            case .memory: walk.slots[index].rows(ofPlace: place)
            }
          return rows.map {
            Array(values.further[index][$0 * input.width..<($0 + 1) * input.width])
          }
        }
        let rows = evaluate(x, states, further, values.parameters) { index, width in
          let mask = step.masks[index]
          func row(_ keys: (UInt32, UInt32)) -> [Double] {
            Mask.row(width: width, keys: keys, probability: mask.probability).map(Double.init)
          }
          return switch mask.period {
          case .step: [row(masks.keys(index, sequence: id, time: layout.startTimes[sequence] + time))]
          case .sequence: [row(masks.keys(index, sequence: id))]
          case .pass(let rows): (0..<rows).map { row(masks.keys(index, row: $0)) }
          }
        }
        visit(place, time, rows)
        output.replaceSubrange(row * outputSize..<(row + 1) * outputSize, with: rows[step.output!][0])
        states = step.updates.map { rows[$0][0] }
      }
      for (index, state) in states.enumerated() {
        final[index].replaceSubrange(place * state.count..<(place + 1) * state.count, with: state)
      }
    }
    return SequenceResults(output: output, final: final)
  }

  /// The rows of every node: one, or as many as a parameter has.
  private func evaluate(
    _ x: [Double], _ states: [[Double]], _ further: [[[Double]]], _ parameters: [[Double]],
    _ mask: (Int, _ width: Int) -> [[Double]]
  ) -> [[[Double]]] {
    var rows: [[[Double]]] = []
    for node in step.graph.nodes {
      let inputs = node.inputs.map { rows[$0] }
      /// An operand's element; a single row or column serves all.
      func element(_ operand: Int, _ row: Int, _ column: Int) -> Double {
        let rows = inputs[operand]
        let row = rows[rows.count == 1 ? 0 : row]
        return row[row.count == 1 ? 0 : column]
      }
      /// One for each slot, or as many as the operands have.
      var rowCount: Int { node.domain.memory.map { further[$0].count } ?? inputs.map(\.count).max()! }
      func elementwise(_ body: (_ row: Int, _ column: Int) -> Double) -> [[Double]] {
        return (0..<rowCount).map { row in (0..<node.width).map { body(row, $0) } }
      }
      switch node.operation {
      case .input: rows.append([x])
      case .state(let index): rows.append([states[index]])
      case .parameter(let index):
        let values = parameters[index]
        rows.append(
          stride(from: 0, to: values.count, by: node.width).map { Array(values[$0..<$0 + node.width]) })
      case .constant(let value): rows.append([[value]])
      case .further(let index): rows.append(further[index])
      case .mask(let index): rows.append(mask(index, node.width))
      case .unary(let function): rows.append(elementwise { apply(function, element(0, $0, $1)) })
      case .binary(let function):
        rows.append(elementwise { apply(function, element(0, $0, $1), element(1, $0, $1)) })
      case .select:
        rows.append(elementwise { element(0, $0, $1) != 0 ? element(1, $0, $1) : element(2, $0, $1) })
      case .slice(let offset):
        rows.append(inputs[0].map { Array($0[offset..<offset + node.width]) })
      case .concatenate:
        rows.append((0..<rowCount).map { row in inputs.flatMap { $0[$0.count == 1 ? 0 : row] } })
      case .broadcast: rows.append(elementwise { element(0, $0, $1) })
      case .product(transposed: false):
        rows.append(
          inputs[0].map { x in inputs[1].map { w in zip(x, w).reduce(0) { $0 + $1.0 * $1.1 } } })
      case .repeated(let n):
        rows.append(inputs[0].map { $0.flatMap { Array(repeating: $0, count: n) } })
      case .tiled(let n): rows.append(inputs[0].map { row in (0..<n).flatMap { _ in row } })
      case .groupSum(let n), .groupMaximum(let n):
        rows.append(
          inputs[0].map { row in
            stride(from: 0, to: row.count, by: n).map { start in
              let group = row[start..<start + n]
              return node.operation == .groupSum(n) ? group.reduce(0, +) : group.max()!
            }
          })
      case .tileSum:
        preconditionFailure("StepOracle: no cell writes \(node.operation)")
      case .sum: rows.append(inputs[0].map { [$0.reduce(0, +)] })
      case .maximum: rows.append(inputs[0].map { [$0.max()!] })
      case .sumOverMemory:
        rows.append([(0..<node.width).map { column in inputs[0].reduce(0) { $0 + $1[column] } }])
      case .softmaxOverMemory:
        let sums = (0..<node.width).map { column in inputs[0].reduce(0) { $0 + exp($1[column]) } }
        rows.append(inputs[0].map { row in zip(row, sums).map { exp($0) / $1 } })
      case .sumOverSteps, .kept, .multiplyAdd, .product(transposed: true), .outer, .total:
        preconditionFailure("StepOracle: no cell writes \(node.operation)")
      }
    }
    return rows
  }

  private func apply(_ function: Unary, _ a: Double) -> Double {
    switch function {
    case .identity: a
    case .negate: -a
    case .absolute: abs(a)
    case .exp: exp(a)
    case .log: log(a)
    case .sigmoid: 1 / (1 + exp(-a))
    case .tanh: tanh(a)
    case .relu: max(a, 0)
    case .softplus: log(1 + exp(a))
    case .squareRoot: a.squareRoot()
    case .sin: sin(a)
    case .cos: cos(a)
    }
  }

  private func apply(_ function: Binary, _ a: Double, _ b: Double) -> Double {
    switch function {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .minimum: min(a, b)
    case .maximum: max(a, b)
    case .less: a < b ? 1 : 0
    }
  }
}
