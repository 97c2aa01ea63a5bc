/// The version that the program says it is and that models record.
public enum RondoVersion {
  public static let current = "0.1.0"
}
