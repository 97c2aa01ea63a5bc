import RondoRecurrence

/// A cell by the name under which the command line and saved models know it.
public struct CellEntry: Sendable {
  /// What `--cell` takes and `config.json` records: `gru-before`.
  public let name: String
  /// What it is, in one line.
  public let summary: String
  /// The paper that introduced it.
  public let paper: String
  /// The hidden size is a multiple of this.
  public let hiddenSizeMultiple: Int
  /// The forms that checks visit, as options: `bias=false`. The first is the one that the name alone means.
  public let variants: [String]
  private let maker: @Sendable (_ hiddenSize: Int, inout CellOptions) throws(CellOptions.Problem) -> any Cell

  init(
    name: String, summary: String, paper: String, hiddenSizeMultiple: Int = 1,
    variants: [String] = [""],
    make: @escaping @Sendable (_ hiddenSize: Int, inout CellOptions) throws(CellOptions.Problem) -> any Cell
  ) {
    self.name = name
    self.summary = summary
    self.paper = paper
    self.hiddenSizeMultiple = hiddenSizeMultiple
    self.variants = variants
    maker = make
  }

  /// The cell with these options.
  public func make(
    hiddenSize: Int, options: [String: String]
  ) throws(CellOptions.Problem) -> any Cell {
    guard hiddenSize % hiddenSizeMultiple == 0 else {
      throw .hiddenSize(hiddenSize, multipleOf: hiddenSizeMultiple)
    }
    var options = CellOptions(options)
    let cell = try maker(hiddenSize, &options)
    try options.requireAllKnown()
    return cell
  }

  /// The cell that the name alone means. Traps on a hidden size that is not a multiple of `hiddenSizeMultiple`.
  public func make(hiddenSize: Int) -> any Cell { make(hiddenSize: hiddenSize, variant: variants[0]) }

  /// One of `variants`. Traps on options that the cell does not have.
  public func make(hiddenSize: Int, variant: String) -> any Cell {
    let pairs = variant.split(separator: " ").map { $0.split(separator: "=").map(String.init) }
    do {
      return try make(
        hiddenSize: hiddenSize, options: Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) }))
    } catch {
      fatalError("CellEntry \(name) \(variant): \(error)")
    }
  }

  /// The smallest hidden size that the cell can have and that is not below this one.
  public func hiddenSize(from size: Int) -> Int {
    (size + hiddenSizeMultiple - 1) / hiddenSizeMultiple * hiddenSizeMultiple
  }

  /// Its equations as the text that `CellText` reads.
  public var text: String {
    guard let text = CellPrinter.text(name: name, { make(hiddenSize: $0) }) else {
      fatalError("CellEntry \(name): its text does not read back as the same equations")
    }
    return text
  }
}

/// A cell type that the registry lists, under one name or several.
public protocol RegisteredCell: Cell {
  /// An entry for each name of the type.
  static var entries: [CellEntry] { get }
}

/// The built-in cells. A cell that is listed here is known to the command line, is in `rondo gradcheck` and gets the conformance tests.
public enum AllCells {
  /// All registered types. A new cell is a file in this folder and a place in this list.
  public static let types: [any RegisteredCell.Type] = [
    Elman.self, LSTM.self, PeepholeLSTM.self, ProjectedLSTM.self, CoupledLSTM.self, ClippedLSTM.self,
    GRU.self,
    MinimalGatedUnit.self, MinGRU.self, MinLSTM.self, IndRNN.self, SRU.self, QRNN.self, LRU.self, RGLRU.self,
    SLSTM.self, MLSTM.self, CfC.self, ClockworkRNN.self,
  ]

  /// The entries of all types, in the order of `types`.
  public static let entries: [CellEntry] = types.flatMap { $0.entries }

  /// The entry of this name.
  public static func entry(named name: String) -> CellEntry? { entries.first { $0.name == name } }
}
