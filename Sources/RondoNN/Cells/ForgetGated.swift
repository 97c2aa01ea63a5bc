import RondoRecurrence

/// A cell with a forget gate whose initial bias can be chosen: a large one lets the cell remember from the start
/// (Jozefowicz, Zaremba and Sutskever 2015).
public protocol ForgetGated: Cell {
  /// The same cell with this initial bias of its forget gate.
  func withForgetBias(_ bias: Float) -> Self
}
