import RondoData
import RondoTraining

/// What differs between the options of a saved run and those it is to be resumed with.
enum SettingsDifference {
  /// The first options that differ, the budget excepted: "hidden is 96 there and 128 here".
  static func description(saved: TextSettings, asked: TextSettings) throws -> String? {
    var saved = saved
    saved.training.budget = asked.training.budget
    if saved == asked { return nil }
    func json(_ settings: TextSettings) throws -> JSON {
      try JSON(parsing: JSONRecord.encode(settings), of: "settings")
    }
    return first(try json(saved), try json(asked), name: "")
  }

  private static func first(_ saved: JSON, _ asked: JSON, name: String) -> String? {
    guard let there = saved.object, let here = asked.object else {
      return saved == asked ? nil : "\(name) is \(saved.text()) there and \(asked.text()) here"
    }
    for member in Set(there.members.map(\.name) + here.members.map(\.name)).sorted() {
      if let found = first(there[member] ?? .null, here[member] ?? .null, name: member) { return found }
    }
    return nil
  }
}
