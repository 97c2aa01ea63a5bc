import RondoCore

/// Writes the equations of a text with the same terms and weights that Swift cells use, and checks first what those would trap on.
struct CellEvaluation {
  private typealias Expression = CellSyntax.Expression
  private typealias Position = CellTextError.Position

  private enum Value {
    case number(Double)
    case term(Term)
  }

  private static let widest = 10_000_000

  private let syntax: CellSyntax
  private let weights: Weights?
  private let previous: [String: Term]
  private var values: [String: Value]

  private init(
    _ syntax: CellSyntax, _ options: [String: Double], inputSize: Int, _ weights: Weights? = nil,
    _ previous: [String: Term] = [:]
  ) {
    self.syntax = syntax
    self.weights = weights
    self.previous = previous
    values = options.mapValues { .number($0) }
    values["inputSize"] = .number(Double(inputSize))
  }

  // MARK: What a text declares

  static func checkDeclarations(_ syntax: CellSyntax) throws(CellTextError) {
    var known: [String: Position] = [:]
    func declare(_ name: String, _ position: Position) throws(CellTextError) {
      try checkName(name, position)
      if let first = known.updateValue(position, forKey: name) {
        throw CellTextError(position, "\(name) is declared already in line \(first.line)")
      }
    }
    for option in syntax.options { try declare(option.name, option.position) }
    for state in syntax.states { try declare(state.name, state.position) }
    for input in syntax.further { try declare(input.name, input.position) }
    let states = Set(syntax.states.map(\.name))
    for statement in syntax.statements {
      for (name, position) in statement.names where !states.contains(name) { try declare(name, position) }
    }
    for state in syntax.states
    where !syntax.statements.contains(where: { $0.names.contains { $0.name == state.name } }) {
      throw CellTextError(
        state.position, "the state \(state.name) is never assigned",
        hint: "`\(state.name) = …` gives it its value after the step.")
    }
  }

  private static func checkName(_ name: String, _ position: Position) throws(CellTextError) {
    let taken =
      ["x", "inputSize", "inf", "cell", "state", "return", "default"] + CellFunctions.names
    if taken.contains(name) { throw CellTextError(position, "\(name) has a meaning already") }
  }

  static func states(
    of syntax: CellSyntax, options: [String: Double], inputSize: Int
  ) throws(CellTextError) -> [StateShape] {
    let evaluation = CellEvaluation(syntax, options, inputSize: inputSize)
    var shapes: [StateShape] = []
    for state in syntax.states {
      var start = StateStart.number(0)
      if let expression = state.start { start = try evaluation.start(expression) }
      shapes.append(
        StateShape(name: state.name, width: try evaluation.width(state.width), start: start))
    }
    return shapes
  }

  /// `-inf`, `parameter()` or `parameter(normal(0.1))`.
  private func start(_ expression: Expression) throws(CellTextError) -> StateStart {
    guard case .call(let call) = expression.kind, call.function == "parameter" else {
      let number = try number(expression)
      guard !number.isNaN else { throw CellTextError(expression.position, "a start that is no number") }
      return .number(number)
    }
    guard call.parameter == nil, call.options.isEmpty, call.arguments.count < 2 else {
      throw CellTextError(
        expression.position, "a state that begins as a parameter is `parameter()` or `parameter(INITIALISER)`"
      )
    }
    guard let initial = call.arguments.first else { return .parameter(nil) }
    if case .name("default") = initial.kind { return .parameter(nil) }
    return .parameter(try initializer(initial))
  }

  // MARK: The step

  static func run(
    _ syntax: CellSyntax, _ options: [String: Double], _ x: Term, _ states: inout States, _ weights: Weights
  ) throws(CellTextError) -> Term {
    var previous: [String: Term] = [:]
    for state in syntax.states { previous[state.name] = states[state.name] }
    var evaluation = CellEvaluation(syntax, options, inputSize: x.width, weights, previous)
    evaluation.values["x"] = .term(x)
    for (name, term) in previous { evaluation.values[name] = .term(term) }
    for input in syntax.further {
      let width = try evaluation.width(input.width)
      evaluation.values[input.name] = .term(weights.further(input.name, width, input.kind))
    }
    for statement in syntax.statements { try evaluation.run(statement, &states) }
    let result = try evaluation.term(syntax.result)
    try evaluation.checkResult(result, "the output", syntax.result.position)
    return result
  }

  /// What a step gives has one row.
  private func checkResult(_ term: Term, _ what: String, _ position: Position) throws(CellTextError) {
    guard term.domain.memory == nil else {
      throw CellTextError(
        position, "\(what) has a row for each slot of a memory, not one",
        hint: "`sumOverMemory(…)` makes one row of them.")
    }
    guard Domain.join(term.domain, .steps) != nil else {
      throw CellTextError(position, "\(what) is a matrix, not a row")
    }
  }

  private mutating func run(_ statement: CellSyntax.Statement, _ states: inout States) throws(CellTextError) {
    if statement.names.count > 1 { return try split(statement, &states) }
    let (name, position) = statement.names[0]
    let value = try value(statement.value)
    if previous[name] != nil {
      let term = try row(value, statement.value)
      try assign(term, to: name, position, &states)
      return
    }
    if case .term(let term) = value, term.isComputed, !isName(statement.value) {
      values[name] = .term(term.named(name))
    } else if case .term(let term) = value, case .columns = statement.value.kind, !term.hasName {
      values[name] = .term(term.named(name + "?"))
    } else {
      values[name] = value
    }
  }

  private mutating func assign(
    _ term: Term, to state: String, _ position: Position, _ states: inout States
  ) throws(CellTextError) {
    let width = states[state].width
    guard term.width == width else {
      throw CellTextError(position, "the state \(state) has width \(width), its new value \(term.width)")
    }
    try checkResult(term, "the new value of \(state)", position)
    states[state] = term
    values[state] = .term(states[state])
  }

  private mutating func split(
    _ statement: CellSyntax.Statement, _ states: inout States
  ) throws(CellTextError) {
    guard case .call(let call) = statement.value.kind, call.function == "split", call.parameter == nil,
      call.arguments.count == 1, call.options.isEmpty
    else {
      throw CellTextError(
        statement.value.position, "several names take the parts of a value: `a, b = split(z)`")
    }
    let whole = try term(call.arguments[0])
    let names = statement.names.map(\.name)
    guard whole.width % names.count == 0 else {
      throw CellTextError(
        statement.value.position,
        "a width of \(whole.width) does not divide into \(names.count) equal parts")
    }
    for ((name, position), part) in zip(statement.names, whole.parts(names)) {
      if previous[name] != nil {
        try assign(part, to: name, position, &states)
      } else {
        values[name] = .term(part)
      }
    }
  }

  private func isName(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .name, .previous: true
    default: false
    }
  }

  // MARK: Values

  private func value(_ expression: Expression) throws(CellTextError) -> Value {
    switch expression.kind {
    case .number(let number): return .number(number)
    case .name(let name): return try named(name, expression.position)
    case .previous(let name):
      guard let term = previous[name] else {
        throw CellTextError(
          expression.position, "\(name)' means the state \(name) before the step; there is no such state",
          hint: "The states are \(syntax.states.map(\.name).joined(separator: ", ")).")
      }
      return .term(term)
    case .negated(let operand):
      switch try value(operand) {
      case .number(let number): return .number(-number)
      case .term(let term): return .term(-term)
      }
    case .binary(let function, let left, let right):
      return try binary(function, left, right, expression.position)
    case .columns(let whole, let lower, let upper):
      let term = try term(whole)
      let (lower, upper) = (try count(lower), try count(upper))
      guard lower < upper, upper <= term.width else {
        throw CellTextError(
          expression.position, "columns \(lower)..<\(upper) of a value that has \(term.width)")
      }
      return .term(term[lower..<upper])
    case .call(let call): return try self.call(call, expression.position)
    }
  }

  private func named(_ name: String, _ position: Position) throws(CellTextError) -> Value {
    if let value = values[name] { return value }
    for statement in syntax.statements {
      for (other, place) in statement.names where other == name {
        throw CellTextError(position, "\(name) is used before it is defined in line \(place.line)")
      }
    }
    let known = ["x", "inputSize"] + syntax.options.map(\.name) + values.keys.sorted()
    var names: [String] = []
    for name in known where !names.contains(name) { names.append(name) }
    throw CellTextError(
      position, "there is no \(name) here", hint: "The names are \(names.joined(separator: ", ")).")
  }

  private func binary(
    _ function: CellSyntax.BinaryOperator, _ left: Expression, _ right: Expression, _ position: Position
  ) throws(CellTextError) -> Value {
    switch (try value(left), try value(right)) {
    case (.number(let a), .number(let b)):
      switch function {
      case .add: return .number(a + b)
      case .subtract: return .number(a - b)
      case .multiply: return .number(a * b)
      case .less: return .number(a < b ? 1 : 0)
      case .divide:
        guard b != 0 else { throw CellTextError(right.position, "a division by 0") }
        return .number(a / b)
      }
    case (.term(let a), .number(let b)):
      switch function {
      case .add: return .term(a + b)
      case .subtract: return .term(a - b)
      case .multiply: return .term(a * b)
      case .divide: return .term(a / b)
      case .less: return .term(a < b)
      }
    case (.number(let a), .term(let b)):
      switch function {
      case .add: return .term(a + b)
      case .subtract: return .term(a - b)
      case .multiply: return .term(a * b)
      case .divide: return .term(a / b)
      case .less: return .term(a < b)
      }
    case (.term(let a), .term(let b)):
      try checkShapes([a, b], position)
      switch function {
      case .add: return .term(a + b)
      case .subtract: return .term(a - b)
      case .multiply: return .term(a * b)
      case .divide: return .term(a / b)
      case .less: return .term(a < b)
      }
    }
  }

  /// Operands of one operation have the same width, or 1, and rows that can be matched.
  private func checkShapes(_ terms: [Term], _ position: Position) throws(CellTextError) {
    let width = terms.map(\.width).max()!
    guard terms.allSatisfy({ $0.width == width || $0.width == 1 }) else {
      let widths = terms.map { "\($0.width)" }.joined(separator: " and ")
      throw CellTextError(position, "the widths differ: \(widths)", hint: "They are equal, or one is 1.")
    }
    try checkRows(terms, position)
  }

  private func checkRows(_ terms: [Term], _ position: Position) throws(CellTextError) {
    var domain = Domain.fixed(rows: 1)
    for term in terms {
      guard let joined = Domain.join(domain, term.domain) else {
        if domain.memory != nil, term.domain.memory != nil {
          throw CellTextError(position, "the slots of two memories have no rows in common")
        }
        throw CellTextError(
          position, "a matrix of parameters and a value of each step have no rows in common",
          hint: "`product(x, W)` multiplies a row with a matrix.")
      }
      domain = joined
    }
  }

  private func row(_ value: Value, _ expression: Expression) throws(CellTextError) -> Term {
    guard case .term(let term) = value else {
      throw CellTextError(expression.position, "expected a row of numbers, found one number")
    }
    return term
  }

  private func term(_ expression: Expression) throws(CellTextError) -> Term {
    try row(try value(expression), expression)
  }

  private func number(_ expression: Expression) throws(CellTextError) -> Double {
    guard case .number(let number) = try value(expression) else {
      throw CellTextError(expression.position, "expected a number, found a row")
    }
    return number
  }

  /// A number of columns, 0 included.
  private func count(_ expression: Expression) throws(CellTextError) -> Int {
    let number = try number(expression)
    guard let count = Int(exactly: number), 0...Self.widest ~= count else {
      throw CellTextError(
        expression.position,
        "a number of columns is a whole number up to \(Self.widest); this is \(CellNumber.text(number))")
    }
    return count
  }

  private func width(_ expression: Expression) throws(CellTextError) -> Int {
    let width = try count(expression)
    guard width > 0 else { throw CellTextError(expression.position, "a width of 0") }
    return width
  }

  // MARK: Calls

  private func call(_ call: CellSyntax.Call, _ position: Position) throws(CellTextError) -> Value {
    guard CellFunctions.names.contains(call.function) else {
      throw CellTextError(
        position, "there is no function \(call.function)",
        hint: "The functions are \(CellFunctions.names.joined(separator: ", ")).")
    }
    if ["linear", "vector", "parameter", "mask"].contains(call.function) {
      return .term(try declaration(call, position))
    }
    if let parameter = call.parameter {
      throw CellTextError(
        position, "\(call.function) declares no parameter, so the name \(parameter) is too much")
    }
    if ["sum", "mean", "maximum"].contains(call.function), call.options.map(\.name) == ["groups"] {
      return .term(try grouped(call, position))
    }
    if let option = call.options.first {
      throw CellTextError(option.position, "\(call.function) has no option \(option.name)")
    }
    if let function = CellFunctions.elementwise[call.function] {
      return try elementwise(function, call, position)
    }
    if call.function == "split" {
      throw CellTextError(position, "the parts of a split need names: `a, b = split(z)`")
    }
    if call.function == "concatenate" {
      guard !call.arguments.isEmpty else { throw CellTextError(position, "concatenate of nothing") }
      var parts: [Term] = []
      for argument in call.arguments { parts.append(try term(argument)) }
      try checkRows(parts, position)
      guard parts.reduce(0, { $0 + $1.width }) <= Self.widest else {
        throw CellTextError(position, "side by side they have more than \(Self.widest) columns")
      }
      return .term(Term(tracer: parts[0].tracer, node: parts[0].tracer.graph.concatenate(parts.map(\.node))))
    }
    if ["repeated", "tiled"].contains(call.function) {
      try checkArguments(call, 2, position)
      let (whole, times) = (try term(call.arguments[0]), try width(call.arguments[1]))
      guard whole.width <= Self.widest / times else {
        throw CellTextError(position, "\(times) times \(whole.width) columns are more than \(Self.widest)")
      }
      return .term(call.function == "repeated" ? whole.repeated(times) : whole.tiled(times))
    }
    try checkArguments(call, call.function == "product" ? 2 : 1, position)
    let argument = try term(call.arguments[0])
    switch call.function {
    case "sum": return .term(argument.sum())
    case "mean": return .term(argument.mean())
    case "maximum": return .term(argument.maximum())
    case "softmaxOverMemory", "sumOverMemory":
      guard argument.domain.memory != nil else {
        throw CellTextError(
          call.arguments[0].position, "\(call.function) of a value that has no row for each slot of a memory",
          hint: "`memory NAME[width]` after the states declares one.")
      }
      return .term(call.function == "sumOverMemory" ? sumOverMemory(argument) : softmaxOverMemory(argument))
    default: return .term(try product(argument, try term(call.arguments[1]), position))
    }
  }

  private func grouped(_ call: CellSyntax.Call, _ position: Position) throws(CellTextError) -> Term {
    try checkArguments(call, 1, position)
    let (whole, groups) = (try term(call.arguments[0]), try width(call.options[0].value))
    guard whole.width % groups == 0 else {
      throw CellTextError(position, "a width of \(whole.width) does not divide into \(groups) equal groups")
    }
    switch call.function {
    case "sum": return whole.sum(groups: groups)
    case "mean": return whole.mean(groups: groups)
    default: return whole.maximum(groups: groups)
    }
  }

  private func checkArguments(
    _ call: CellSyntax.Call, _ expected: Int, _ position: Position
  ) throws(CellTextError) {
    guard call.arguments.count == expected else {
      throw CellTextError(
        position,
        "\(call.function) takes \(expected) value\(expected == 1 ? "" : "s"), here are \(call.arguments.count)"
      )
    }
  }

  private func elementwise(
    _ function: CellFunction, _ call: CellSyntax.Call, _ position: Position
  ) throws(CellTextError) -> Value {
    try checkArguments(call, function.arguments, position)
    var operands: [Value] = []
    for argument in call.arguments { operands.append(try value(argument)) }
    let numbers = operands.compactMap { if case .number(let number) = $0 { number } else { nil } }
    let rows = operands.compactMap { if case .term(let term) = $0 { term } else { nil } }
    guard let tracer = rows.first?.tracer else {
      guard let result = function.ofNumbers?(numbers), result.isFinite else {
        throw CellTextError(
          position, "\(call.function) of \(numbers.map(CellNumber.text).joined(separator: ", "))")
      }
      return .number(result)
    }
    try checkShapes(rows, position)
    return .term(
      function.ofTerms(
        operands.map {
          switch $0 {
          case .term(let term): term
          case .number(let number): Term(tracer: tracer, node: tracer.graph.constant(number))
          }
        }))
  }

  private func product(_ x: Term, _ weight: Term, _ position: Position) throws(CellTextError) -> Term {
    guard case .fixed = weight.domain else {
      throw CellTextError(position, "the second value of a product is a matrix of parameters")
    }
    guard x.width == weight.width else {
      throw CellTextError(
        position, "a row of width \(x.width) and a matrix of rows of width \(weight.width) have no product")
    }
    return weights!.product(x, weight)
  }

  // MARK: Parameters

  private func declaration(_ call: CellSyntax.Call, _ position: Position) throws(CellTextError) -> Term {
    guard let name = call.parameter else {
      throw CellTextError(
        position, "\(call.function) needs a name for its parameters: `\(call.function) NAME(…)`")
    }
    guard let weights else { throw CellTextError(position, "a width does not depend on parameters") }
    if call.function == "mask" { return try mask(name, call, weights, position) }
    try checkArguments(call, call.function == "vector" ? 1 : 2, position)
    var hasBias = true
    var initial: Initializer?
    var biasInitial: Initializer?
    for (option, value, place) in call.options {
      switch (option, call.function) {
      case ("bias", "linear"): hasBias = try flag(value)
      case ("initial", _): initial = try initializer(value)
      case ("biasInitial", "linear"): biasInitial = try initializer(value)
      default: throw CellTextError(place, "\(call.function) has no option \(option)")
      }
    }
    func check(_ parameter: String, _ shape: [Int]) throws(CellTextError) {
      if let known = weights.tracer.parameters.first(where: { $0.name == parameter }), known.shape != shape {
        throw CellTextError(
          position, "the parameter \(parameter) has shape \(known.shape) above and \(shape) here")
      }
      try checkBlocks(parameter.hasPrefix("bias_") ? biasInitial : initial, rows: shape[0], position)
    }
    switch call.function {
    case "linear":
      let x = try term(call.arguments[0])
      let width = try width(call.arguments[1])
      try check("weight_" + name, [width, x.width])
      if hasBias { try check("bias_" + name, [width]) }
      return weights.linear(name, x, width, bias: hasBias, initial: initial, biasInitial: biasInitial)
    case "vector":
      let width = try width(call.arguments[0])
      try check(name, [width])
      return weights.vector(name, width, initial: initial)
    default:
      let shape = [try width(call.arguments[0]), try width(call.arguments[1])]
      try check(name, shape)
      return weights.parameter(name, shape, initial: initial)
    }
  }

  /// Blocks of rows must be all the rows there are.
  private func checkBlocks(
    _ initializer: Initializer?, rows: Int, _ position: Position
  ) throws(CellTextError) {
    guard case .rowBlocks(let blocks) = initializer else { return }
    let sum = blocks.reduce(0) { $0 + $1.rows }
    guard sum == rows else {
      throw CellTextError(position, "the blocks of the initialiser have \(sum) rows, the parameter \(rows)")
    }
    for block in blocks { try checkBlocks(block.initializer, rows: block.rows, position) }
  }

  /// `mask NAME(width, 0.5)`, `mask NAME(width, 0.5, perSequence=true)`, or of a weight `mask NAME(rows, columns, 0.5)`.
  private func mask(
    _ name: String, _ call: CellSyntax.Call, _ weights: Weights, _ position: Position
  ) throws(CellTextError) -> Term {
    let isWeight = call.arguments.count == 3
    try checkArguments(call, isWeight ? 3 : 2, position)
    let probability = try number(call.arguments.last!)
    guard 0..<1 ~= probability else {
      throw CellTextError(
        call.arguments.last!.position,
        "a probability of \(CellNumber.text(probability)): it is 0 or more and less than 1")
    }
    var isPerSequence = false
    for (option, value, place) in call.options {
      guard option == "perSequence", !isWeight else {
        throw CellTextError(place, "mask has no option \(option) here")
      }
      isPerSequence = try flag(value)
    }
    let width = try width(call.arguments[isWeight ? 1 : 0])
    let period: Mask.Period =
      isWeight ? .pass(rows: try self.width(call.arguments[0])) : (isPerSequence ? .sequence : .step)
    let mask = Mask(name: name, period: period, probability: Float(probability))
    if let known = weights.tracer.masks.first(where: { $0.name == name }), known != mask {
      throw CellTextError(position, "the mask \(name) is used in another way above")
    }
    return weights.mask(name, width, probability, period)
  }

  private func flag(_ expression: Expression) throws(CellTextError) -> Bool {
    switch expression.kind {
    case .name("true"): return true
    case .name("false"): return false
    default: throw CellTextError(expression.position, "expected true or false")
    }
  }

  /// `0.5`, `uniform(0.1)`, `orthogonal`, `blocks(hiddenSize, default, hiddenSize, 1)`.
  private func initializer(_ expression: Expression) throws(CellTextError) -> Initializer {
    switch expression.kind {
    case .name("default"):
      guard let weights else {
        throw CellTextError(expression.position, "default has no meaning inside of the start of a state")
      }
      return weights.defaultInitializer
    case .name("xavier"): return .xavierUniform
    case .name("kaiming"): return .kaimingUniform
    case .name("orthogonal"): return .orthogonal
    case .call(let call) where call.parameter == nil && call.options.isEmpty:
      switch (call.function, call.arguments.count) {
      case ("uniform", 1): return .uniform(Float(try number(call.arguments[0])))
      case ("uniform", 2):
        return .between(Float(try number(call.arguments[0])), Float(try number(call.arguments[1])))
      case ("normal", 1): return .normal(Float(try number(call.arguments[0])))
      case ("fixed", 1): return .fixed(try initializer(call.arguments[0]))
      case ("blocks", let count) where count >= 2 && count % 2 == 0:
        var blocks: [(rows: Int, initializer: Initializer)] = []
        for index in stride(from: 0, to: count, by: 2) {
          blocks.append((try width(call.arguments[index]), try initializer(call.arguments[index + 1])))
        }
        return .blocks(blocks)
      default: break
      }
    default: return .constant(Float(try number(expression)))
    }
    throw CellTextError(
      expression.position, "this is no initialiser",
      hint:
        "They are a number, default, uniform(BOUND), uniform(FROM, TO), normal(DEVIATION), xavier, kaiming, "
        + "orthogonal, fixed(INITIALISER) and blocks(ROWS, INITIALISER, …).")
  }
}
