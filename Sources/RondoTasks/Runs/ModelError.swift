/// What a model cannot do although its files are in order.
public enum ModelError: Error, Equatable, CustomStringConvertible {
  /// Its weights are so large that a prediction is infinite or not a number.
  case notFinite

  public var description: String {
    switch self {
    case .notFinite:
      "the model's predictions are not finite numbers: its weights are damaged, or its training diverged. Train it again."
    }
  }
}
