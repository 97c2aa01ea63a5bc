/// Every optimiser there is. A new one is a file in this folder and a line here; the tests over this list check it.
public enum AllOptimizers {
  /// The optimisers, by type.
  public static let types: [any Optimizer.Type] = [
    SGD.self,
    Adam.self,
    AdamW.self,
    RMSProp.self,
  ]

  /// The names that `--optimizer` takes.
  public static var names: [String] { types.map { $0.name } }

  /// The optimiser of this name.
  ///
  /// - Throws: `OptionError` with the nearest name, if there is none.
  public static func named(_ name: String) throws(OptionError) -> any Optimizer.Type {
    guard let type = types.first(where: { $0.name == name }) else {
      throw .unknownName(kind: "optimizer", given: name, valid: names)
    }
    return type
  }
}
