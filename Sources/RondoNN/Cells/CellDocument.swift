import RondoRecurrence

/// The page that describes all built-in cells, made from the registry: `docs/cells.md`.
public enum CellDocument {
  /// Sizes at which parameters and states are counted.
  private static let (hiddenSize, inputSize) = (128, 128)

  /// The page, as Markdown.
  public static var text: String {
    """
    # Cells

    `rondo cells document` writes this page. Each cell is shown as `rondo cells show NAME` prints it and as a `.cell` file has it. Parameters
    and states are counted for \(hiddenSize) units and inputs of width \(inputSize); products in the loop run once for each step, the others for
    all steps at once.

    \(AllCells.entries.map(section).joined(separator: "\n"))
    """
  }

  private static func section(_ entry: CellEntry) -> String {
    let plans = RecurrencePlans(entry.make(hiddenSize: hiddenSize), inputSize: inputSize)
    let parameters = plans.step.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let states = plans.step.states.reduce(0) { $0 + $1.width }
    let products = plans.inference.productCounts
    return """
      ## \(entry.name)

      \(entry.summary.prefix(1).uppercased() + entry.summary.dropFirst()). \(entry.paper).

      ```
      \(entry.text.dropLast())
      ```

      | parameters | numbers of state | products in the loop | outside |
      | --- | --- | --- | --- |
      | \(parameters) | \(states) | \(products.inLoop) | \(products.outside) |

      """
  }
}
