/// Reads the text of a cell.
///
///     cell lstm(hiddenSize = 128)
///     state h[hiddenSize], c[hiddenSize]
///     i, f, g, o = split(linear ih(x, 4*hiddenSize) + linear hh(h, 4*hiddenSize))
///     c = sigmoid(f)*c + sigmoid(i)*tanh(g)
///     h = sigmoid(o)*tanh(c)
///     return h
///
/// A line is one statement; inside of parentheses it may be broken. `#` begins a comment.
struct CellParser {
  private typealias Position = CellTextError.Position
  private typealias Expression = CellSyntax.Expression

  /// How deep parentheses may be nested.
  private static let deepest = 100

  private var lexer: CellLexer
  private var token: CellLexer.Token = .newline
  private var position = CellTextError.Position(line: 1, column: 1)
  private var depth = 0

  private init(_ text: String) { lexer = CellLexer(text) }

  static func parse(_ text: String) throws(CellTextError) -> CellSyntax {
    var parser = CellParser(text)
    return try parser.file()
  }

  // MARK: Lines

  private mutating func file() throws(CellTextError) -> CellSyntax {
    try advance()
    try skipLines()
    try expectWord("cell", "a cell begins with `cell NAME(hiddenSize = 128)`")
    let name = try identifier("the name of the cell")
    let options = try header()
    try endLine()
    var states: [CellSyntax.State] = []
    while token == .name("state") { states += try stateLine() }
    guard !states.isEmpty else {
      throw problem("expected `state NAME[width]`, found \(token.description)")
    }
    var further: [CellSyntax.Further] = []
    while let kind = declaredKind() { further += try furtherLine(kind) }
    var statements: [CellSyntax.Statement] = []
    while token != .name("return") {
      if token == .end { throw problem("expected `return` and the cell's output, found the end of the file") }
      if token == .name("state") { throw problem("states are declared before the first equation") }
      if declaredKind() != nil { throw problem("memories and inputs are declared before the first equation") }
      statements.append(try statement())
    }
    try advance()
    let result = try expression()
    try endLine()
    guard token == .end else { throw problem("nothing follows `return`, found \(token.description)") }
    return CellSyntax(
      name: name, options: options, states: states, further: further, statements: statements, result: result)
  }

  private mutating func header() throws(CellTextError) -> [CellSyntax.Option] {
    try expect("(")
    var options: [CellSyntax.Option] = []
    while token != .symbol(")") {
      if !options.isEmpty { try expect(",") }
      let place = position
      let name = try identifier("the name of an option")
      try expect("=")
      let isNegative = token == .symbol("-")
      if isNegative { try advance() }
      guard case .number(let value) = token else {
        throw problem("expected the number that \(name) is unless told otherwise, found \(token.description)")
      }
      try advance()
      options.append(.init(name: name, value: isNegative ? -value : value, position: place))
    }
    try expect(")")
    return options
  }

  private mutating func stateLine() throws(CellTextError) -> [CellSyntax.State] {
    try declarations("a state", haveStarts: true).map {
      CellSyntax.State(name: $0.name, width: $0.width, start: $0.start, position: $0.position)
    }
  }

  private mutating func furtherLine(_ kind: FurtherInput.Kind) throws(CellTextError) -> [CellSyntax.Further] {
    try declarations(kind == .memory ? "a memory" : "an input").map {
      CellSyntax.Further(kind: kind, name: $0.name, width: $0.width, position: $0.position)
    }
  }

  /// What a line declares that begins with `memory`, `input` or `perSequence` and a name; nil if it is another line.
  private func declaredKind() -> FurtherInput.Kind? {
    guard case .name(let word) = token, let kind = FurtherInput.Kind(rawValue: word) else { return nil }
    var lexer = lexer
    guard let next = try? lexer.next(), case .name = next.0 else { return nil }
    return kind
  }

  /// What a line declares: `c[hiddenSize]`, or of a state with its start `m[hiddenSize] = -inf`.
  private typealias Declaration = (name: String, width: Expression, start: Expression?, position: Position)

  private mutating func declarations(
    _ what: String, haveStarts: Bool = false
  ) throws(CellTextError) -> [Declaration] {
    try advance()
    var found: [Declaration] = []
    repeat {
      if !found.isEmpty { try advance() }
      let place = position
      let name = try identifier("the name of \(what)")
      try expect("[")
      let width = try expression()
      try expect("]")
      var start: Expression?
      if haveStarts, token == .symbol("=") {
        try advance()
        start = try expression()
      }
      found.append((name, width, start, place))
    } while token == .symbol(",")
    try endLine()
    return found
  }

  private mutating func statement() throws(CellTextError) -> CellSyntax.Statement {
    var names: [(String, Position)] = []
    repeat {
      if !names.isEmpty { try advance() }
      let place = position
      names.append((try identifier("the name of a value"), place))
    } while token == .symbol(",")
    try expect("=")
    let value = try expression()
    try endLine()
    return CellSyntax.Statement(names: names.map { (name: $0.0, position: $0.1) }, value: value)
  }

  // MARK: Expressions

  private mutating func expression() throws(CellTextError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw problem("parentheses are nested more than \(Self.deepest) deep")
    }
    let place = position
    let left = try sum()
    guard token == .symbol("<") else { return left }
    try advance()
    return Expression(kind: .binary(.less, left, try sum()), position: place)
  }

  private mutating func sum() throws(CellTextError) -> Expression {
    try chain(["+", "-"]) { parser throws(CellTextError) in try parser.term() }
  }

  private mutating func term() throws(CellTextError) -> Expression {
    try chain(["*", "/"]) { parser throws(CellTextError) in try parser.factor() }
  }

  private mutating func chain(
    _ symbols: [String], _ operand: (inout CellParser) throws(CellTextError) -> Expression
  ) throws(CellTextError) -> Expression {
    let place = position
    var left = try operand(&self)
    var length = 0
    while case .symbol(let symbol) = token, symbols.contains(symbol) {
      // What walks the tree does so recursively.
      length += 1
      guard length <= 1000 else { throw problem("a sum or product of more than 1000 terms") }
      try advance()
      left = Expression(
        kind: .binary(CellSyntax.BinaryOperator(rawValue: symbol)!, left, try operand(&self)), position: place
      )
    }
    return left
  }

  private mutating func factor() throws(CellTextError) -> Expression {
    let place = position
    if token == .symbol("-") {
      depth += 1
      defer { depth -= 1 }
      guard depth <= Self.deepest else { throw problem("signs are nested more than \(Self.deepest) deep") }
      try advance()
      let value = try factor()
      if case .number(let number) = value.kind { return Expression(kind: .number(-number), position: place) }
      return Expression(kind: .negated(value), position: place)
    }
    var value = try primary()
    while token == .symbol("[") {
      try advance()
      let lower = try expression()
      try expect("..<")
      let upper = try expression()
      try expect("]")
      value = Expression(kind: .columns(value, lower, upper), position: place)
    }
    return value
  }

  private mutating func primary() throws(CellTextError) -> Expression {
    let place = position
    switch token {
    case .number(let value):
      try advance()
      return Expression(kind: .number(value), position: place)
    case .previous(let name):
      try advance()
      return Expression(kind: .previous(name), position: place)
    case .symbol("("):
      try advance()
      try skipLines()
      let value = try expression()
      try skipLines()
      try expect(")")
      return value
    case .name(let name):
      try advance()
      if name == "inf" { return Expression(kind: .number(.infinity), position: place) }
      var parameter: String?
      if case .name(let declared) = token {
        parameter = declared
        try advance()
      }
      guard token == .symbol("(") else {
        if parameter != nil { throw problem("expected '(', found \(token.description)") }
        return Expression(kind: .name(name), position: place)
      }
      return Expression(kind: .call(try call(name, parameter)), position: place)
    default:
      throw problem("expected a value, found \(token.description)")
    }
  }

  private mutating func call(_ function: String, _ parameter: String?) throws(CellTextError)
    -> CellSyntax.Call
  {
    var call = CellSyntax.Call(function: function, parameter: parameter, arguments: [], options: [])
    try expect("(")
    try skipLines()
    while token != .symbol(")") {
      if !call.arguments.isEmpty || !call.options.isEmpty {
        try expect(",")
        try skipLines()
      }
      let place = position
      let value = try expression()
      try skipLines()
      if token == .symbol("="), case .name(let name) = value.kind {
        try advance()
        call.options.append((name, try expression(), place))
        try skipLines()
      } else if call.options.isEmpty {
        call.arguments.append(value)
      } else {
        throw CellTextError(place, "options such as bias=false come last")
      }
    }
    try expect(")")
    return call
  }

  // MARK: Tokens

  private mutating func advance() throws(CellTextError) { (token, position) = try lexer.next() }

  private mutating func skipLines() throws(CellTextError) { while token == .newline { try advance() } }

  private mutating func endLine() throws(CellTextError) {
    guard token == .newline || token == .end else {
      throw problem("expected the end of the line, found \(token.description)")
    }
    try skipLines()
  }

  private mutating func expect(_ symbol: String) throws(CellTextError) {
    guard token == .symbol(symbol) else { throw problem("expected '\(symbol)', found \(token.description)") }
    try advance()
  }

  private mutating func expectWord(_ word: String, _ what: String) throws(CellTextError) {
    guard token == .name(word) else { throw problem("\(what), found \(token.description)") }
    try advance()
  }

  private mutating func identifier(_ what: String) throws(CellTextError) -> String {
    guard case .name(let name) = token else { throw problem("expected \(what), found \(token.description)") }
    try advance()
    return name
  }

  private func problem(_ text: String) -> CellTextError { CellTextError(position, text) }
}
