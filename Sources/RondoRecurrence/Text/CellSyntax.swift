// The text of a cell as a tree.

/// What a `.cell` file says.
struct CellSyntax: Sendable {
  struct Option: Sendable {
    var name: String
    var value: Double
    var position: CellTextError.Position
  }

  struct State: Sendable {
    var name: String
    var width: Expression
    /// `-inf` or `parameter(0.1)`; without it 0.
    var start: Expression?
    var position: CellTextError.Position
  }

  /// `memory source[64]`
  struct Further: Sendable {
    var kind: FurtherInput.Kind
    var name: String
    var width: Expression
    var position: CellTextError.Position
  }

  struct Statement: Sendable {
    /// Several names take the parts of a `split`.
    var names: [(name: String, position: CellTextError.Position)]
    var value: Expression
  }

  var name: String
  var options: [Option]
  var states: [State]
  var further: [Further]
  var statements: [Statement]
  var result: Expression

  struct Expression: Sendable {
    indirect enum Kind: Sendable {
      case number(Double)
      case name(String)
      /// `h'`: the value that a state had before this step.
      case previous(String)
      case negated(Expression)
      case binary(BinaryOperator, Expression, Expression)
      case columns(Expression, Expression, Expression)
      case call(Call)
    }
    var kind: Kind
    var position: CellTextError.Position
  }

  enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case less = "<"
  }

  /// `sigmoid(z)`, `linear ih(x, 4*hiddenSize, bias=false)`.
  struct Call: Sendable {
    var function: String
    /// The name of the parameters that it declares.
    var parameter: String?
    var arguments: [Expression]
    var options: [(name: String, value: Expression, position: CellTextError.Position)]
  }
}
