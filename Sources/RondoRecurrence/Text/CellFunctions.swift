// The functions that the text of a cell may call, in one table: what reads a text and what prints one look here.

struct CellFunction: Sendable {
  var arguments: Int
  var ofTerms: @Sendable ([Term]) -> Term
  /// Of numbers, where sizes and options are computed.
  var ofNumbers: (@Sendable ([Double]) -> Double)?
}

enum CellFunctions {
  /// Elementwise functions by their names.
  static let elementwise: [String: CellFunction] = [
    "sigmoid": unary { sigmoid($0) },
    "tanh": unary { tanh($0) },
    "relu": unary { relu($0) },
    "exp": unary { exp($0) },
    "log": unary { log($0) },
    "softplus": unary { softplus($0) },
    "sin": unary { sin($0) },
    "cos": unary { cos($0) },
    "sqrt": CellFunction(arguments: 1, ofTerms: { sqrt($0[0]) }, ofNumbers: { $0[0].squareRoot() }),
    "abs": CellFunction(arguments: 1, ofTerms: { abs($0[0]) }, ofNumbers: { Swift.abs($0[0]) }),
    "min": CellFunction(arguments: 2, ofTerms: { min($0[0], $0[1]) }, ofNumbers: { Swift.min($0[0], $0[1]) }),
    "max": CellFunction(arguments: 2, ofTerms: { max($0[0], $0[1]) }, ofNumbers: { Swift.max($0[0], $0[1]) }),
    "select": CellFunction(arguments: 3, ofTerms: { select($0[0], $0[1], $0[2]) }),
  ]

  /// What is called in a form of its own.
  static let others = [
    "linear", "product", "vector", "parameter", "mask", "split", "concatenate", "sum", "mean", "maximum",
    "repeated", "tiled", "softmaxOverMemory", "sumOverMemory",
  ]

  static var names: [String] { elementwise.keys.sorted() + others }

  /// The name of a function of one value.
  static func name(_ function: Unary) -> String {
    switch function {
    case .squareRoot: "sqrt"
    case .absolute: "abs"
    default: function.rawValue
    }
  }

  private static func unary(_ function: @escaping @Sendable (Term) -> Term) -> CellFunction {
    CellFunction(arguments: 1, ofTerms: { function($0[0]) })
  }
}
