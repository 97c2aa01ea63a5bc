import RondoCore

/// Writes a traced step as text that reads back as the same graph.
///
/// Values that the cell names are lines of their own, everything else stands where it is read. What reads back as another graph that way
/// (names used twice) is written once more with every value in a line of its own.
package struct CellPrinter {
  private let name: String
  /// The same step at each of the sizes.
  private let steps: [StepGraph]
  private let sizes: CellSizes
  private var isExhaustive = false

  private var lines: [String] = []
  private var assigned: Set<Int> = []
  /// What a node is called in lines after its own.
  private var defined: [NodeID: String] = [:]
  private var used: Set<String> = []
  private var hasFailed = false

  /// The text of a cell whose sizes can be chosen: `make` gives it with this hidden size.
  ///
  /// - Returns: nil if it has sizes that are no simple function of `hiddenSize` and `inputSize`.
  package static func text(name: String, _ make: (_ hiddenSize: Int) -> any Cell) -> String? {
    let samples = CellSizes.samples
    let steps = samples.map { trace(make($0.hidden), inputSize: $0.input) }
    let shapes = steps.map { $0.graph.nodes.map { operationKind($0.operation) } }
    guard shapes.allSatisfy({ $0 == shapes[0] }) else { return nil }
    return text(name, steps, CellSizes(samples: samples)) { text, index in
      try? CellText(text, options: ["hiddenSize": Double(samples[index].hidden)])
    }
  }

  /// The text of a cell at these sizes, as numbers.
  package static func text(name: String, _ step: StepGraph) -> String? {
    text(name, [step], CellSizes(samples: [])) { text, _ in try? CellText(text) }
  }

  private static func text(
    _ name: String, _ steps: [StepGraph], _ sizes: CellSizes, _ read: (String, Int) -> CellText?
  ) -> String? {
    for isExhaustive in [false, true] {
      var printer = CellPrinter(name: name, steps: steps, sizes: sizes)
      printer.isExhaustive = isExhaustive
      guard let text = printer.print() else { continue }
      let isSame = steps.indices.allSatisfy { index in
        guard let cell = read(text, index), (try? cell.validate(inputSize: steps[index].inputSize)) != nil
        else {
          return false
        }
        return isEqual(trace(cell, inputSize: steps[index].inputSize), steps[index])
      }
      if isSame { return text }
    }
    return nil
  }

  private init(name: String, steps: [StepGraph], sizes: CellSizes) {
    self.name = String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
    self.steps = steps
    self.sizes = sizes
  }

  /// Whether two steps compute the same in the same order with the same parameters.
  package static func isEqual(_ a: StepGraph, _ b: StepGraph) -> Bool {
    let (first, second) = (canonicalize(a), canonicalize(b))
    func parameters(_ step: StepGraph) -> [String] {
      step.parameters.map { "\($0.name) \($0.shape) \($0.initializer)" }
    }
    return first.graph.nodes == second.graph.nodes && first.updates == second.updates
      && first.output == second.output && first.states == second.states
      && parameters(first) == parameters(second)
      && first.masks.map(\.withoutLayer) == second.masks.map(\.withoutLayer)
      && first.further == second.further
  }

  /// An operation without what depends on sizes.
  private static func operationKind(_ operation: Operation) -> String {
    switch operation {
    case .slice: "slice"
    case .repeated: "repeated"
    case .tiled: "tiled"
    case .groupSum: "groupSum"
    case .groupMaximum: "groupMaximum"
    case .constant: "constant"
    default: "\(operation)"
    }
  }

  // MARK: Lines

  private var step: StepGraph { steps[0] }
  private var graph: Graph { steps[0].graph }

  private mutating func print() -> String? {
    let states = step.states.map(\.name)
    used = Set(
      states + step.further.map(\.name) + CellFunctions.names + [
        "x", "inputSize", "hiddenSize", "inf", "default",
      ])
    let header = sizes.samples.isEmpty ? "" : "hiddenSize = 128"
    lines = ["cell \(name)(\(header))"]
    let declared = states.indices.map { state in
      "\(states[state])[\(number(steps.map { $0.states[state].width }))]\(start(of: state))"
    }
    lines.append("state " + declared.joined(separator: ", "))
    for (index, input) in step.further.enumerated() {
      lines.append("\(input.kind.rawValue) \(input.name)[\(number(steps.map { $0.further[index].width }))]")
    }
    for id in graph.nodes.indices {
      if isStatement(id) {
        write(id)
      } else if case .slice = graph[id].operation, !isExhaustive {
        // In the order in which the cell wrote it, so that parameters are declared in that order.
        writeSplit(of: id)
      } else if case .parameter(let index) = graph[id].operation, isExhaustive {
        let name = unused(step.parameters[index].name)
        lines.append("\(name) = \(parameter(index))")
        defined[id] = name
      }
    }
    // States that take the value of another value.
    for state in states.indices where !assigned.contains(state) {
      let value = expression(copied(step.updates[state]))
      lines.append("\(states[state]) = \(value)")
      assigned.insert(state)
    }
    lines.append("return " + expression(copied(step.output!)))
    return hasFailed ? nil : lines.joined(separator: "\n") + "\n"
  }

  private mutating func write(_ id: NodeID) {
    let value = expression(id)
    let given = graph.names[id]
    if let state = step.states.firstIndex(where: { $0.name == given }),
      step.updates[state] == id || !isExhaustive
    {
      lines.append("\(step.states[state].name) = \(value)")
      assigned.insert(state)
      defined[id] = step.states[state].name
    } else {
      let name = unused(given ?? "v\(id)")
      lines.append("\(name) = \(value)")
      defined[id] = name
    }
  }

  private mutating func unused(_ name: String) -> String {
    let plain = String(name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
    let base = plain.isEmpty || plain.first!.isNumber ? "v" + plain : plain
    var result = base
    var number = 2
    while used.contains(result) {
      result = "\(base)_\(number)"
      number += 1
    }
    used.insert(result)
    return result
  }

  /// Whether a value has a line of its own.
  private func isStatement(_ id: NodeID) -> Bool {
    let node = graph[id]
    switch node.operation {
    case .input, .state, .parameter, .constant, .mask, .further, .kept, .slice, .broadcast: return false
    case .unary(.identity) where graph[node.inputs[0]].operation == .broadcast: return false
    default: break
    }
    if isCopyOfResult(id) { return false }
    if isExhaustive { return true }
    guard let name = graph.names[id], !name.hasSuffix("?") else { return false }
    switch node.operation {
    // A product has the name of its parameters of itself, the first activation of a part that of the part.
    case .product: return weightName(id) != name
    case .unary: return graph.names[node.inputs[0]] != name + "?"
    default: return true
    }
  }

  /// The copies that `trace` adds where a result is a leaf or a slice.
  private func isCopyOfResult(_ id: NodeID) -> Bool {
    graph[id].operation == .unary(.identity) && step.roots.contains(id)
  }

  private func copied(_ id: NodeID) -> NodeID { isCopyOfResult(id) ? graph[id].inputs[0] : id }

  private mutating func start(of state: Int) -> String {
    switch step.states[state].start {
    case .number(0): return ""
    case .number: return " = " + number(steps.map { $0.states[state].startNumber })
    case .parameter(nil): return " = parameter()"
    case .parameter:
      let initializers = steps.compactMap { step in
        if case .parameter(let initial) = step.states[state].start { initial } else { nil }
      }
      guard initializers.count == steps.count, initializers != standard else {
        hasFailed = true
        return ""
      }
      return " = parameter(\(text(of: initializers)))"
    }
  }

  // MARK: Expressions

  private enum Precedence: Int, Comparable {
    case comparison, sum, product, sign, value
    static func < (a: Precedence, b: Precedence) -> Bool { a.rawValue < b.rawValue }
    var next: Precedence { Precedence(rawValue: rawValue + 1) ?? .value }
  }

  private mutating func expression(_ id: NodeID, _ least: Precedence = .comparison) -> String {
    if let name = defined[id] { return name }
    let (text, precedence) = written(id)
    return precedence < least ? "(\(text))" : text
  }

  private mutating func written(_ id: NodeID) -> (String, Precedence) {
    let node = graph[id]
    switch node.operation {
    case .input: return ("x", .value)
    case .state(let state): return (step.states[state].name + (assigned.contains(state) ? "'" : ""), .value)
    case .parameter(let index): return (parameter(index), .value)
    case .mask(let index): return (mask(index, id), .value)
    case .further(let index): return (step.further[index].name, .value)
    case .constant:
      let text = number(
        steps.map { if case .constant(let value) = $0.graph[id].operation { value } else { 0 } })
      return (text, precedence(of: text))
    case .broadcast: return operand(node.inputs[0])
    case .slice: return slice(id)
    case .concatenate:
      return ("concatenate(\(list(node.inputs)))", .value)
    // What movements and products add before they read a broadcast value.
    case .unary(.identity): return operand(node.inputs[0])
    case .unary(.negate): return ("-" + expression(node.inputs[0], .sign), .sign)
    case .unary(let function): return (call(CellFunctions.name(function), node.inputs), .value)
    case .binary(let function): return binary(function, id)
    case .select: return (call("select", node.inputs), .value)
    case .sum: return (call("sum", node.inputs), .value)
    case .maximum: return (call("maximum", node.inputs), .value)
    case .product: return (product(id, bias: nil), .value)
    case .repeated, .tiled:
      let name = node.operation == .repeated(node.width / graph[node.inputs[0]].width) ? "repeated" : "tiled"
      let times = number(steps.map { $0.graph[id].width / $0.graph[$0.graph[id].inputs[0]].width })
      return ("\(name)(\(expression(node.inputs[0])), \(times))", .value)
    case .groupSum: return (grouped("sum", id), .value)
    case .groupMaximum: return (grouped("maximum", id), .value)
    case .sumOverMemory: return (call("sumOverMemory", node.inputs), .value)
    case .softmaxOverMemory: return (call("softmaxOverMemory", node.inputs), .value)
    case .kept, .multiplyAdd, .outer, .total, .tileSum, .sumOverSteps:
      hasFailed = true
      return ("", .value)
    }
  }

  private mutating func operand(_ id: NodeID) -> (String, Precedence) {
    if let name = defined[id] { return (name, .value) }
    return written(id)
  }

  /// Of a number or the formula of one.
  private func precedence(of text: String) -> Precedence {
    var depth = 0
    var least = text.hasPrefix("-") ? Precedence.sign : .value
    for character in text.dropFirst() {
      switch character {
      case "(": depth += 1
      case ")": depth -= 1
      case "+" where depth == 0, "-" where depth == 0: least = min(least, .sum)
      case "*" where depth == 0, "/" where depth == 0: least = min(least, .product)
      default: break
      }
    }
    return least
  }

  private mutating func list(_ ids: [NodeID]) -> String {
    var texts: [String] = []
    for id in ids { texts.append(expression(id)) }
    return texts.joined(separator: ", ")
  }

  private mutating func call(_ function: String, _ operands: [NodeID]) -> String {
    "\(function)(\(list(operands)))"
  }

  private mutating func grouped(_ function: String, _ id: NodeID) -> String {
    "\(function)(\(expression(graph[id].inputs[0])), groups=\(number(steps.map { $0.graph[id].width })))"
  }

  private mutating func binary(_ function: Binary, _ id: NodeID) -> (String, Precedence) {
    let (a, b) = (graph[id].inputs[0], graph[id].inputs[1])
    func infix(_ symbol: String, _ precedence: Precedence) -> (String, Precedence) {
      let left = expression(a, precedence == .comparison ? .sum : precedence)
      return (left + symbol + expression(b, precedence.next), precedence)
    }
    switch function {
    case .add:
      if !isExhaustive, let text = linear(id) { return (text, .value) }
      return infix(" + ", .sum)
    case .subtract: return infix(" - ", .sum)
    case .multiply: return infix("*", .product)
    case .divide:
      if isMean(id) { return (call("mean", graph[a].inputs), .value) }
      return infix("/", .product)
    case .minimum: return (call("min", [a, b]), .value)
    case .maximum: return (call("max", [a, b]), .value)
    case .less: return infix(" < ", .comparison)
    }
  }

  private func isMean(_ id: NodeID) -> Bool {
    steps.allSatisfy { step in
      let inputs = step.graph[id].inputs
      guard case .sum = step.graph[inputs[0]].operation,
        case .constant(let count) = step.graph[inputs[1]].operation
      else { return false }
      return defined[inputs[0]] == nil && count == Double(step.graph[step.graph[inputs[0]].inputs[0]].width)
    }
  }

  // MARK: Parts

  /// The line of the split that made a part.
  private mutating func writeSplit(of id: NodeID) {
    guard let parts = siblings(of: id) else {
      // A part of a part has a line of its own.
      if let name = graph.names[id], name.hasSuffix("?"), defined[id] == nil {
        let text = slice(id).0
        defined[id] = unused(String(name.dropLast()))
        lines.append("\(defined[id]!) = \(text)")
      }
      return
    }
    let whole = expression(graph[id].inputs[0])
    var names: [String] = []
    for part in parts {
      let name = unused(String(graph.names[part]!.dropLast()))
      names.append(name)
      defined[part] = name
    }
    lines.append("\(names.joined(separator: ", ")) = split(\(whole))")
  }

  private mutating func slice(_ id: NodeID) -> (String, Precedence) {
    func offsets(_ step: StepGraph) -> Int {
      if case .slice(let offset) = step.graph[id].operation { offset } else { 0 }
    }
    let lower = number(steps.map(offsets))
    let upper = number(steps.map { offsets($0) + $0.graph[id].width })
    return (expression(graph[id].inputs[0], .value) + "[\(lower)..<\(upper)]", .value)
  }

  /// The parts of the split that made this one, in order, if they all have names of a split.
  private func siblings(of id: NodeID) -> [NodeID]? {
    let (whole, width) = (graph[id].inputs[0], graph[id].width)
    guard graph[whole].width % width == 0, graph[whole].width > width else { return nil }
    var parts: [NodeID] = []
    for offset in stride(from: 0, to: graph[whole].width, by: width) {
      let part = graph.nodes.firstIndex {
        $0.operation == .slice(offset) && $0.inputs == [whole] && $0.width == width
      }
      guard let part, graph.names[part]?.hasSuffix("?") == true, defined[part] == nil else { return nil }
      parts.append(part)
    }
    return parts
  }

  // MARK: Products and parameters

  private func weightName(_ id: NodeID) -> String? {
    guard case .product(false) = graph[id].operation, graph[id].inputs.count == 2,
      case .parameter(let index) = graph[graph[id].inputs[1]].operation,
      step.parameters[index].name.hasPrefix("weight_"), step.parameters[index].shape.count == 2
    else { return nil }
    return String(step.parameters[index].name.dropFirst("weight_".count))
  }

  /// A sum that is a product with its bias.
  private mutating func linear(_ id: NodeID) -> String? {
    let (x, bias) = (graph[id].inputs[0], graph[id].inputs[1])
    guard defined[x] == nil, let name = weightName(x), graph.names[x] == name,
      case .parameter(let index) = graph[bias].operation, step.parameters[index].name == "bias_" + name
    else { return nil }
    return product(x, bias: index)
  }

  private mutating func product(_ id: NodeID, bias: Int?) -> String {
    let inputs = graph[id].inputs
    guard !isExhaustive, let name = weightName(id), case .parameter(let weight) = graph[inputs[1]].operation
    else {
      return call("product", inputs)
    }
    var text = "linear \(name)(\(expression(inputs[0])), \(number(steps.map { $0.graph[id].width }))"
    guard let bias else {
      return text + ", bias=false" + initial("initial", weight, unless: standard) + ")"
    }
    text += initial("initial", weight, unless: standard)
    // Without another one a bias begins as its weight does.
    text += initial("biasInitial", bias, unless: steps.map { $0.parameters[weight].initializer })
    return text + ")"
  }

  private mutating func parameter(_ index: Int) -> String {
    let shape = step.parameters[index].shape.indices.map { axis in
      number(steps.map { $0.parameters[index].shape[axis] })
    }
    let function = shape.count == 1 ? "vector" : "parameter"
    return "\(function) \(step.parameters[index].name)(\(shape.joined(separator: ", "))"
      + initial("initial", index, unless: standard) + ")"
  }

  private mutating func mask(_ index: Int, _ id: NodeID) -> String {
    let mask = step.masks[index]
    let width = number(steps.map { $0.graph[id].width })
    let probability = CellNumber.text(Double("\(mask.probability)") ?? .nan)
    switch mask.period {
    case .step: return "mask \(mask.name)(\(width), \(probability))"
    case .sequence: return "mask \(mask.name)(\(width), \(probability), perSequence=true)"
    case .pass:
      let rows = number(
        steps.map { if case .pass(let rows) = $0.masks[index].period { rows } else { 0 } })
      return "mask \(mask.name)(\(rows), \(width), \(probability))"
    }
  }

  private var standard: [Initializer] { steps.map { standardInitializer($0.states) } }

  private mutating func initial(_ option: String, _ index: Int, unless usual: [Initializer]) -> String {
    let initializers = steps.map { $0.parameters[index].initializer }
    return initializers == usual ? "" : ", \(option)=\(text(of: initializers))"
  }

  private mutating func text(of initializers: [Initializer]) -> String {
    if initializers == standard { return "default" }
    func numbers(_ value: (Initializer) -> Float?) -> String {
      number(initializers.map { Double("\(value($0) ?? .nan)") ?? .nan })
    }
    switch initializers[0] {
    case .uniform:
      return "uniform(\(numbers { if case .uniform(let bound) = $0 { bound } else { nil } }))"
    case .between:
      let from = numbers { if case .between(let from, _) = $0 { from } else { nil } }
      return "uniform(\(from), \(numbers { if case .between(_, let to) = $0 { to } else { nil } }))"
    case .normal:
      return "normal(\(numbers { if case .normal(let deviation) = $0 { deviation } else { nil } }))"
    case .constant: return numbers { if case .constant(let value) = $0 { value } else { nil } }
    case .xavierUniform: return "xavier"
    case .kaimingUniform: return "kaiming"
    case .orthogonal: return "orthogonal"
    case .fixed:
      let inner = initializers.compactMap { if case .fixed(let inner) = $0 { inner } else { nil } }
      guard inner.count == initializers.count else { break }
      return "fixed(\(text(of: inner)))"
    case .rowBlocks(let first):
      var parts: [String] = []
      for index in first.indices {
        let blocks = initializers.compactMap {
          if case .rowBlocks(let blocks) = $0, blocks.count == first.count { blocks[index] } else { nil }
        }
        guard blocks.count == initializers.count else {
          hasFailed = true
          return ""
        }
        parts += [number(blocks.map(\.rows)), text(of: blocks.map(\.initializer))]
      }
      return "blocks(\(parts.joined(separator: ", ")))"
    }
    hasFailed = true
    return ""
  }

  private mutating func number(_ values: [Double]) -> String {
    if let text = sizes.text(values) { return text }
    hasFailed = true
    return ""
  }

  private mutating func number(_ values: [Int]) -> String { number(values.map { Double($0) }) }
}
