import RondoNN
import RondoRecurrence
import RondoTraining

/// Finds cells by the names that people type.
public enum CellChoice {
  public static var names: [String] { AllCells.entries.map(\.name) }

  /// The cell of this name.
  public static func entry(named name: String) throws(OptionError) -> CellEntry {
    guard let entry = AllCells.entry(named: name) else {
      throw .unknownName(kind: "cell", given: name, valid: names)
    }
    return entry
  }

  static func cell(_ options: ArchitectureOptions) throws(OptionError) -> any Cell {
    try entry(named: options.cell).make(hiddenSize: options.hidden)
  }
}
