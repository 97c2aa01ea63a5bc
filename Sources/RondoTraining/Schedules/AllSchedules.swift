/// Every schedule there is. A new one is a file in this folder and a line here.
public enum AllSchedules {
  /// The schedules, by type.
  public static let types: [any Schedule.Type] = [
    ConstantSchedule.self,
    StepSchedule.self,
    ExponentialSchedule.self,
    CosineSchedule.self,
    PlateauSchedule.self,
  ]

  /// The names that `--schedule` takes.
  public static var names: [String] { types.map { $0.name } }

  /// The schedule of this name.
  ///
  /// - Throws: `OptionError` with the nearest name, if there is none.
  public static func named(_ name: String) throws(OptionError) -> any Schedule.Type {
    guard let type = types.first(where: { $0.name == name }) else {
      throw .unknownName(kind: "schedule", given: name, valid: names)
    }
    return type
  }
}
