import RondoData
import RondoTraining

/// What differs between the options of a saved run and those it is to be resumed with.
enum SettingsDifference {
  /// The first options that differ, the budget excepted: "--hidden is 96 there and 128 here".
  static func description<Settings: TaskSettings>(saved: Settings, asked: Settings) throws -> String? {
    var saved = saved
    saved.training.budget = asked.training.budget
    if saved == asked { return nil }
    func json(_ settings: Settings) throws -> JSON {
      try JSON(parsing: JSONRecord.encode(settings), of: "settings")
    }
    return first(try json(saved), try json(asked), name: "")
  }

  private static func first(_ saved: JSON, _ asked: JSON, name: String) -> String? {
    guard let there = saved.object, let here = asked.object else {
      return saved == asked ? nil : "\(option(name)) is \(text(saved)) there and \(text(asked)) here"
    }
    for member in Set(there.members.map(\.name) + here.members.map(\.name)).sorted() {
      if let found = first(there[member] ?? .null, here[member] ?? .null, name: member) { return found }
    }
    return nil
  }

  /// The option that sets a member.
  private static func option(_ name: String) -> String {
    switch name {
    case "minimum_count": "--min-count"
    case "initializer": "--init"
    case "name", "value": "--schedule"
    case "start", "every": "--schedule-\(name)"
    default: "--" + name.replacing("_", with: "-")
    }
  }

  private static func text(_ value: JSON) -> String {
    if let elements = value.array { return elements.map { $0.text() }.joined(separator: ",") }
    return value == .null ? "not set" : value.text()
  }
}
