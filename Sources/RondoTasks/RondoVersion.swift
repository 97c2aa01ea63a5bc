/// The version that the program says it is and that models record.
public enum RondoVersion {
  /// The version of this source.
  public static let current = "0.1.0"
}
