import Foundation
import RondoData
import RondoNN
import RondoRecurrence
import RondoTraining

/// Finds cells by what people type: a name of `AllCells`, or a `.cell` file with equations.
public enum CellChoice {
  /// The names that `--cell` takes.
  public static var names: [String] { AllCells.entries.map(\.name) }

  /// The largest `.cell` file.
  private static let largestText = 1 << 20

  /// The cell of this name.
  ///
  /// - Throws: `OptionError` with the nearest name, if there is none.
  public static func entry(named name: String) throws(OptionError) -> CellEntry {
    guard let entry = AllCells.entry(named: name) else {
      throw .unknownName(kind: "cell", given: name, valid: names)
    }
    return entry
  }

  /// The equations of a cell that is given as a file; nil if it is given by name.
  ///
  /// - Throws: `FileError`, `FormatError`, or `CellFileError` with the line and column of what is wrong.
  public static func equations(of cell: String) throws -> String? {
    guard AllCells.entry(named: cell) == nil, cell.hasSuffix(".cell") || cell.contains("/") else {
      return nil
    }
    var bytes = try Files.read(cell, limit: largestText)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FormatError(.init(cell), expected: "the equations of a cell, in UTF-8", found: "other bytes")
    }
    do {
      _ = try CellText(text)
    } catch {
      throw CellFileError(file: cell, error: error)
    }
    return text
  }

  /// The cell of a layer whose input has this width, with its wrappers.
  ///
  /// - Throws: `OptionError` for what the cell cannot do, and for a wrapper that has nothing to act on; `CellFileError` for equations that do
  ///   not fit these sizes.
  public static func cell(
    _ options: ArchitectureOptions, layer: Int = 0, inputSize: Int
  ) throws -> any Cell {
    let base = try bareCell(options, layer: layer, inputSize: inputSize)
    if let text = base as? CellText {
      let learned = text.states(inputSize: inputSize).shapes.first {
        if case .parameter = $0.start { true } else { false }
      }
      if let learned {
        throw OptionError.conflict(
          "\(options.cell): the state \(learned.name) begins as a parameter, which nothing here would train"
        )
      }
      if let name = text.furtherInputs.first {
        throw OptionError.conflict(
          "\(options.cell) reads \(name) beside its input, and there is nothing here to give it")
      }
    }
    var wrapped = base
    for (option, wrapper) in options.wrappers {
      let before = trace(wrapped, inputSize: inputSize)
      let outputSize = before.outputSize
      if wrapper == .residual, outputSize != inputSize {
        throw OptionError.conflict(
          "--residual adds a layer's input to its output, but their widths are \(inputSize) and \(outputSize)"
        )
      }
      wrapped = wrapper(wrapped)
      if CellPrinter.isEqual(trace(wrapped, inputSize: inputSize), before) {
        throw OptionError.conflict(
          "\(option) has nothing to act on in the cell \(options.cell): leave it out")
      }
    }
    return wrapped
  }

  /// The cell of a layer without its wrappers, whose equations fit these sizes; they may read more than their input.
  ///
  /// - Throws: `OptionError` for what the cell cannot do, `CellFileError` for equations that do not fit these sizes.
  public static func bareCell(
    _ options: ArchitectureOptions, layer: Int = 0, inputSize: Int
  ) throws -> any Cell {
    let cell = try cell(options, layer: layer)
    do {
      try (cell as? CellText)?.validate(inputSize: inputSize)
    } catch {
      throw CellFileError(file: options.cell, error: error)
    }
    return cell
  }

  /// The cell of a layer without its wrappers.
  public static func cell(_ options: ArchitectureOptions, layer: Int = 0) throws -> any Cell {
    let hiddenSize = options.hidden[layer]
    if let equations = options.equations { return try cell(equations, options, hiddenSize) }
    let cell: any Cell
    do {
      cell = try entry(named: options.cell).make(hiddenSize: hiddenSize, options: options.cellOptions)
    } catch let error as CellOptions.Problem {
      throw OptionError.conflict("--cell \(options.cell): \(error)")
    }
    guard let forgetBias = options.forgetBias else { return cell }
    guard let gated = cell as? any ForgetGated else {
      throw OptionError.conflict("the cell \(options.cell) has no forget gate: leave --forget-bias out")
    }
    return gated.withForgetBias(Float(forgetBias))
  }

  private static func cell(
    _ equations: String, _ options: ArchitectureOptions, _ hiddenSize: Int
  ) throws -> any Cell {
    var numbers: [String: Double] = [:]
    // The equations of a built-in cell have its options in them.
    let isBuiltIn = AllCells.entry(named: options.cell) != nil
    for (name, value) in options.cellOptions where !isBuiltIn {
      guard let number = Double(value), number.isFinite else {
        throw OptionError.invalid(option: "--cell-option", given: "\(name)=\(value)", requirement: "a number")
      }
      numbers[name] = number
    }
    if numbers["hiddenSize"] != nil {
      throw OptionError.conflict("--cell-option hiddenSize is what --hidden says: give that")
    }
    do throws(CellTextError) {
      if try CellText(equations).optionNames.contains("hiddenSize") {
        numbers["hiddenSize"] = Double(hiddenSize)
      }
      return try CellText(equations, options: numbers)
    } catch {
      throw CellFileError(file: options.cell, error: error)
    }
  }

  /// The equations of a cell with its wrappers: symbolic in its sizes if they can be, otherwise with numbers.
  ///
  /// - Throws: `OptionError` for what the cell cannot do.
  public static func text(_ options: ArchitectureOptions, inputSize: Int) throws -> String {
    let wrapped = try cell(options, inputSize: inputSize)
    let name = AllCells.entry(named: options.cell) == nil ? "cell" : options.cell
    // Equations from a file, and inputs that are added to outputs, may fit some sizes only.
    let fitsAllSizes = options.equations == nil && !options.residual
    let symbolic =
      !fitsAllSizes
      ? nil
      : CellPrinter.text(name: name) { hidden in
        var other = options
        other.hidden = [hidden]
        guard let base = try? cell(other) else { fatalError("CellChoice.text: \(hidden) units") }
        return options.wrappers.reduce(base) { $1.wrapper($0) }
      }
    guard let text = symbolic ?? CellPrinter.text(name: name, trace(wrapped, inputSize: inputSize)) else {
      throw OptionError.conflict(
        "the equations of \(options.cell) with these wrappers cannot be written as text")
    }
    return text
  }

  /// The equations that a saved model carries: with them it needs nothing that knows its cell by name.
  static func equationsToSave(_ options: ArchitectureOptions) throws -> String? {
    if let equations = options.equations { return equations }
    for layer in options.hidden.indices { _ = try cell(options, layer: layer) }
    return CellPrinter.text(name: options.cell) { hidden in
      var other = options
      other.hidden = [hidden]
      do {
        return try cell(other)
      } catch {
        fatalError("CellChoice: \(error)")
      }
    }
  }
}

/// What is wrong in a `.cell` file, and where.
public struct CellFileError: Error, CustomStringConvertible {
  /// The file as the user named it.
  public let file: String
  /// The place and the problem.
  public let error: CellTextError

  public var description: String { "\(file), \(error)." }
}
