/// Every schedule there is. A new one is a file in this folder and a line here.
public enum AllSchedules {
  public static let types: [any Schedule.Type] = [
    ConstantSchedule.self,
    StepSchedule.self,
    ExponentialSchedule.self,
    CosineSchedule.self,
    PlateauSchedule.self,
  ]

  public static var names: [String] { types.map { $0.name } }

  /// The schedule of this name.
  public static func named(_ name: String) throws(OptionError) -> any Schedule.Type {
    guard let type = types.first(where: { $0.name == name }) else {
      throw .unknownName(kind: "schedule", given: name, valid: names)
    }
    return type
  }
}
