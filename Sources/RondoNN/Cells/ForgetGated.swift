import RondoRecurrence

/// A cell with a forget gate whose initial bias can be chosen: a large one lets the cell remember from the
/// start.
///
/// Source: Gers, Schmidhuber and Cummins, Learning to forget, 2000, DOI 10.1162/089976600300015015;
/// Jozefowicz, Zaremba and Sutskever, An empirical exploration of recurrent network architectures, 2015, PMLR
/// 37:2342–2350.
public protocol ForgetGated: Cell {
  /// The same cell with this initial bias of its forget gate.
  func withForgetBias(_ bias: Float) -> Self
}
