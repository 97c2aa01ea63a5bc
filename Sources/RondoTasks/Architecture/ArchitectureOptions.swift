import RondoNN
import RondoTraining

/// The recurrent network of a task: the `architecture` part of `config.json`.
public struct ArchitectureOptions: Sendable, Equatable, Codable {
  /// The name of the cell, of those in `AllCells`, or the `.cell` file that it was read from.
  public var cell = "lstm"
  /// The cell's own options, by name.
  public var cellOptions: [String: String] = [:]
  /// The cell's equations as `CellText` reads them: always in a saved model, otherwise if they came from a file.
  public var equations: String?
  /// Whether weights are normalised row by row (`WeightNormalized`).
  public var weightNorm = false
  /// The share of recurrent weights that are dropped for a pass (`DropConnected`).
  public var dropConnect = 0.0
  /// The share of columns of inputs and states that are dropped for a sequence (`VariationallyDropped`).
  public var variationalDropout = 0.0
  /// Whether products are normalised over their columns (`LayerNormalized`).
  public var layerNorm = false
  /// The probability with which a unit keeps its state (`ZonedOut`).
  public var zoneout = 0.0
  /// Whether each layer's input is added to its output (`Residual`).
  public var residual = false
  /// The width of the state of each layer, the lowest first: each is fed by the one before it.
  public var hidden = [256, 256]
  /// In which directions the layers run.
  public var directions = RecurrentStack.Directions.forward
  /// Whether what a layer reads is added to what it gives, where the widths are equal.
  public var skips = false
  /// The width of the embedding; as wide as the hidden state if not given.
  public var embedding: Int?
  /// Whether the output layer uses the embedding's weights.
  public var tie = false
  /// The share of values that dropout sets to zero after each layer.
  public var dropout = 0.2
  /// Replaces the initialiser of every weight and bias, but for constants such as the forget bias.
  public var initializer: InitializerOption?
  /// The initial bias of the forget gates, in cells that have one; drawn like other biases if not given.
  public var forgetBias: Double?

  /// The wrappers around the cell, the innermost first, with the options that ask for them: the order is always this one.
  var wrappers: [(option: String, wrapper: WrapperChoice)] {
    var wrappers: [(String, WrapperChoice)] = []
    if weightNorm { wrappers.append(("--weight-norm", .weightNorm)) }
    if dropConnect > 0 { wrappers.append(("--drop-connect", .dropConnect(dropConnect))) }
    if variationalDropout > 0 {
      wrappers.append(("--variational-dropout", .variationalDropout(variationalDropout)))
    }
    if layerNorm { wrappers.append(("--layer-norm", .layerNorm)) }
    if zoneout > 0 { wrappers.append(("--zoneout", .zoneout(zoneout))) }
    if residual { wrappers.append(("--residual", .residual)) }
    return wrappers.map { (option: $0.0, wrapper: $0.1) }
  }

  /// Whether anything is wrapped around the cell.
  public var hasWrappers: Bool { !wrappers.isEmpty }

  /// The number of layers.
  public var layers: Int { hidden.count }

  /// What the layers are, in a few words: `2 × 256 lstm`.
  public var summary: String {
    let isUniform = hidden.allSatisfy { $0 == hidden[0] }
    let sizes =
      isUniform ? "\(layers) × \(hidden[0])" : hidden.map(String.init).joined(separator: "+")
    return "\(sizes) \(cell)" + (directions == .forward ? "" : " in both directions")
  }

  /// The largest width of a layer.
  public static let largestWidth = 100_000

  /// The defaults.
  public init() {}

  /// Throws if a value is out of its range.
  public func validate() throws(OptionError) {
    func count(_ value: Int?, _ option: String, upTo largest: Int) throws(OptionError) {
      guard let value, !(1...largest ~= value) else { return }
      throw .invalid(option: option, given: "\(value)", requirement: "a whole number from 1 to \(largest)")
    }
    for width in hidden { try count(width, "--hidden", upTo: Self.largestWidth) }
    try count(hidden.count, "--layers", upTo: 100)
    try count(embedding, "--embedding", upTo: Self.largestWidth)
    for (option, share) in [
      ("--dropout", dropout), ("--drop-connect", dropConnect), ("--variational-dropout", variationalDropout),
      ("--zoneout", zoneout),
    ] {
      guard share >= 0, share < 1 else {
        throw .invalid(option: option, given: "\(share)", requirement: "0 or more and less than 1")
      }
    }
    if equations != nil, forgetBias != nil, !CellChoice.names.contains(cell) {
      throw .conflict(
        "--forget-bias is for built-in cells: in a .cell file, `biasInitial=` says how a bias begins")
    }
    if let forgetBias, !forgetBias.isFinite {
      throw .invalid(option: "--forget-bias", given: "\(forgetBias)", requirement: "a number")
    }
  }
}

extension ArchitectureOptions {
  /// Throws if skips are asked for that no layer can have.
  ///
  /// - Parameter widths: Of the input, and of the output of each layer.
  func requireSkips(_ widths: [Int]) throws(OptionError) {
    guard skips, !zip(widths, widths.dropFirst()).contains(where: ==) else { return }
    throw .conflict(
      "--skip adds what a layer reads to what it gives, but no layer gives as many columns as it reads: the widths are "
        + widths.map(String.init).joined(separator: ", "))
  }
}
