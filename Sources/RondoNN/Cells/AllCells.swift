import RondoRecurrence

/// A cell by the name under which the command line and saved models know it.
public struct CellEntry: Sendable {
  /// One form of the cell that checks visit by itself.
  public struct Variant: Sendable {
    /// The options that make it, as printed: `bias=false`.
    public let options: String
    /// Makes this form.
    public let make: @Sendable (_ hiddenSize: Int) -> any Cell

    init(_ options: String, _ make: @escaping @Sendable (Int) -> any Cell) {
      self.options = options
      self.make = make
    }
  }

  /// What `--cell` takes and `config.json` records: `gru-before`.
  public let name: String
  /// What it is, in one line.
  public let summary: String
  /// The paper that introduced it.
  public let paper: String
  /// How many rows of weights each unit has: a step multiplies gateCount · hiddenSize rows with the input and with the state.
  public let gateCount: Int
  /// All forms; the first is the one that the name alone means.
  public let variants: [Variant]

  /// The cell that the name alone means.
  public func make(hiddenSize: Int) -> any Cell { variants[0].make(hiddenSize) }

  /// Its equations as the text that `CellText` reads.
  public var text: String {
    guard let text = CellPrinter.text(name: name, make) else {
      fatalError("CellEntry \(name): sizes that are no formula of hiddenSize and inputSize")
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
  public static let types: [any RegisteredCell.Type] = [Elman.self, LSTM.self, GRU.self]

  /// The entries of all types, in the order of `types`.
  public static let entries: [CellEntry] = types.flatMap { $0.entries }

  /// The entry of this name.
  public static func entry(named name: String) -> CellEntry? { entries.first { $0.name == name } }
}
