import RondoNN
import RondoRecurrence
import RondoTraining

/// Finds cells by the names that people type.
public enum CellChoice {
  /// The names that `--cell` takes.
  public static var names: [String] { AllCells.entries.map(\.name) }

  /// The cell of this name.
  ///
  /// - Throws: `OptionError` with the nearest name, if there is none.
  public static func entry(named name: String) throws(OptionError) -> CellEntry {
    guard let entry = AllCells.entry(named: name) else {
      throw .unknownName(kind: "cell", given: name, valid: names)
    }
    return entry
  }

  /// The cell of an architecture.
  static func cell(_ options: ArchitectureOptions) throws(OptionError) -> any Cell {
    let cell = try entry(named: options.cell).make(hiddenSize: options.hidden)
    guard let forgetBias = options.forgetBias else { return cell }
    guard let gated = cell as? any ForgetGated else {
      throw .conflict("the cell \(options.cell) has no forget gate: leave --forget-bias out")
    }
    return gated.withForgetBias(Float(forgetBias))
  }
}
