import Foundation
import RondoData
import RondoTestSupport
import Testing

/// `rondo forecast update` as people call it.
@Suite struct ForecastUpdateTests {
  private static let small = [
    "--horizon", "7", "--context", "14", "--season", "7", "--members", "1", "--hidden", "8", "--batch", "16",
    "--steps", "4", "--dropout", "0",
  ]

  /// Days of two shops as spreadsheets write them: dates that begin with the day, decimal commas, and a column of names among others.
  private static func csv(_ days: Range<Int>, header: Bool = true) -> String {
    var text = header ? "date;shop;sales\n" : ""
    for day in days {
      let time = Date(timeIntervalSince1970: Double(1_672_531_200 + 86_400 * day))
      let parts = time.ISO8601Format().prefix(10).split(separator: "-")
      for (shop, level) in [("north", 10), ("south", 30)] {
        text += "\(parts[2])/\(parts[1])/\(parts[0]);\(shop);\(level + day % 7),5\n"
      }
    }
    return text
  }

  private func run(_ arguments: [String], input: String? = nil) throws -> RondoProcess.Result {
    try RondoProcess(["forecast"] + arguments, input: input).wait()
  }

  private func train(_ folder: TemporaryFolder, _ options: [String] = []) throws {
    let trained = try run(
      ["train", folder.file("old.csv", Self.csv(0..<150)), "-o", folder("model")] + Self.small + options)
    #expect(trained.status == 0, "\(trained.messages)")
  }

  @Test func updatesAreAsPredictionsOfTheWholeFile() throws {
    let folder = TemporaryFolder()
    try train(folder)
    #expect(try Files.readText(folder("model/history.csv")).hasPrefix("series,step,time,value\nnorth,"))
    let (old, model) = (folder("old.csv"), folder("model"))
    let first = try run(["predict", model])
    #expect(try first.status == 0 && first.output == run(["predict", model, old]).output)

    // One row says neither how dates are read nor which column has the names: the first file has.
    let one = try run(["update", model, folder.file("one.csv", Self.csv(150..<151))])
    #expect(one.status == 0 && one.messages == "rondo: 2 new steps of 2 series\n", "\(one.messages)")
    let whole = folder.file("whole.csv", Self.csv(0..<151))
    #expect(try one.output == run(["predict", model, whole]).output)
    #expect(try one.output == run(["predict", model]).output)

    // By standard input, and several files as one.
    let parts = [
      folder.file("a.csv", Self.csv(151..<155)), folder.file("b.csv", Self.csv(155..<160)),
    ]
    let some = try run(
      ["update", model, parts[0], "-", "--horizon", "2", "--quantiles", "0.1,0.9", "--json"],
      input: Self.csv(155..<160))
    #expect(some.status == 0, "\(some.messages)")
    let result = try JSON(parsing: some.output)
    #expect(result["new_steps"]?.integer == 18 && result["missing_steps"]?.integer == 0)
    let rows = try #require(result["forecast"]?.array)
    #expect(rows.count == 4 && rows[2]["series"]?.string == "south")
    #expect(rows[0]["time"]?.string == "2023-06-10" && rows[0]["q0.9"]?.double != nil)

    // Without anything new the forecast is the same, and into a file nothing is printed.
    let output = folder("forecast.csv")
    let again = try run(["update", model, parts[1], "--output", output])
    #expect(again.status == 0 && again.output.isEmpty && again.messages.contains("no new steps"))
    #expect(again.messages.contains("10 values are as they were in the history"))
    let all = folder.file("all.csv", Self.csv(0..<160))
    #expect(try Files.readText(output) == run(["predict", model, all]).output)

    // A new beginning.
    let begun = try run(["update", model, all, "--begin"])
    #expect(try begun.status == 0 && begun.output == Files.readText(output))
  }

  @Test func statesGoOnFromFileToFile() throws {
    let folder = TemporaryFolder()
    try train(folder, ["--model", "deepar", "--paths", "20"])
    try FileManager.default.copyItem(atPath: folder("model"), toPath: folder("copy"))
    for days in [150..<151, 151..<170, 170..<171] {
      let part = folder.file("part.csv", Self.csv(days))
      #expect(try run(["update", folder("model"), part]).status == 0)
    }
    let once = try run(["update", folder("copy"), folder.file("once.csv", Self.csv(150..<171))])
    #expect(try once.status == 0 && once.output == run(["predict", folder("model")]).output)
    for name in ["history.csv", "state.safetensors"] {
      #expect(
        try Files.checksum(folder("model/\(name)")) == Files.checksum(folder("copy/\(name)")), "\(name)")
    }
  }

  @Test func whatIsOddIsSaid() throws {
    let folder = TemporaryFolder()
    try train(folder)
    let odd = try run([
      "update", folder("model"),
      folder.file("odd.csv", Self.csv(153..<155) + "04/06/2023;north;99,5\n01/01/2023;east;5\n"),
    ])
    #expect(odd.status == 0, "\(odd.messages)")
    for text in [
      "new steps of", "1 series without a history so far: \"east\"", "no row", "are missing",
      "first 2023-05-31 to 2023-06-02",
    ] {
      #expect(odd.messages.contains(text), "\(text): \(odd.messages)")
    }
    #expect(odd.output.split(separator: "\n").count == 22)
    let replaced = try run([
      "update", folder("model"), folder.file("new.csv", "date;shop;sales\n03/06/2023;south;7\n"),
    ])
    #expect(replaced.messages.contains("by 7.0 at 2023-06-03 of series \"south\""), "\(replaced.messages)")
    #expect(replaced.messages.contains("2 series without new rows: \"north\", \"east\""))
  }

  @Test func whatFailsChangesNothing() throws {
    let folder = TemporaryFolder()
    try train(folder)
    let model = folder("model")
    let good = try Files.readText(model + "/history.csv")
    let new = folder.file("new.csv", Self.csv(150..<152))
    func refused(_ arguments: [String], _ words: String...) throws {
      let result = try run(["update", model] + arguments)
      expectRefused(result)
      for word in words { #expect(result.messages.contains(word), "\(result.messages)") }
      #expect(try Files.readText(model + "/history.csv") == good)
    }
    try refused([folder.file("wrong.csv", "date;shop;sale\n01/06/2023;north;5\n")], "a column \"sales\"")
    try refused([folder.file("text.csv", "date;shop;sales\n01/06/2023;north;x\n")], "line 2", "\"x\"")
    try refused([folder.file("none.csv", "date;shop;sales\n")], "none.csv")
    try refused(
      [folder.file("off.csv", "date;shop;sales\n01/06/2023 12:00;north;5\n")], "no whole number of steps")
    try refused([folder.file("far.csv", "date;shop;sales\n01/06/2203;north;5\n")], "--begin")
    try refused([new, "--horizon", "8"], "at most 7")
    try refused([new, "--output", folder("missing/forecast.csv")], "missing")
    try refused([new, "--resample", "7d"], "1w")
    try Data(good.dropLast(9).utf8).write(to: URL(fileURLWithPath: model + "/history.csv"))
    let damaged = try run(["update", model, new])
    expectRefused(damaged, naming: "history.csv", "truncated")
    expectRefused(try run(["predict", model]), naming: "history.csv", "--begin")
    try FileManager.default.removeItem(atPath: model + "/history.csv")
    expectRefused(try run(["update", model, new]), naming: "history.csv", "--begin")
    let whole = folder.file("whole.csv", Self.csv(0..<152))
    let begun = try run(["update", model, whole, "--begin"])
    #expect(try begun.status == 0 && begun.output == run(["predict", model]).output)
  }

  /// An hour of a clock with an offset is UTC, as those were that were trained on; without one it is what it is.
  @Test(arguments: ["+02:00", ""]) func hoursStay(_ offset: String) throws {
    let folder = TemporaryFolder()
    func csv(_ hours: Range<Int>) -> String {
      "time,y\n"
        + hours.map {
          let time = Date(timeIntervalSince1970: Double(1_672_531_200 + 3600 * ($0 + 2)))
          return "\(time.ISO8601Format().prefix(19))\(offset),\(5 + $0 % 7)\n"
        }.joined()
    }
    let trained = try run(
      ["train", folder.file("old.csv", csv(0..<150)), "-o", folder("model")] + Self.small)
    #expect(trained.status == 0, "\(trained.messages)")
    let one = try run(["update", folder("model"), folder.file("one.csv", csv(150..<151))])
    #expect(one.messages.contains("1 new step of 1 series") && !one.messages.contains("missing"))
    // Two hours after the beginning of the day, or at it.
    #expect(one.output.contains(offset.isEmpty ? "\ny,2023-01-07 09:00:00," : "\ny,2023-01-07 07:00:00,"))
    let whole = folder.file("whole.csv", csv(0..<151))
    #expect(try one.output == run(["predict", folder("model"), whole]).output)
  }

  /// Means of weeks go on from the days of later ones, as whole weeks alone.
  @Test func stepsOfSeveralRowsGoOn() throws {
    let folder = TemporaryFolder()
    func csv(_ days: Range<Int>) -> String {
      // From a Monday on.
      var text = "day,y\n"
      for day in days {
        let time = Date(timeIntervalSince1970: Double(1_672_617_600 + 86_400 * day))
        text += "\(time.ISO8601Format().prefix(10)),\(day % 7 == 6 ? 10 : 3 + day / 70)\n"
      }
      return text
    }
    let model = folder("weeks")
    let trained = try run(
      [
        "train", folder.file("days.csv", csv(0..<703)), "-o", model, "--resample", "1w", "--horizon", "2",
        "--members", "1", "--hidden", "8", "--steps", "4",
      ])
    #expect(trained.status == 0 && trained.messages.contains("3 rows of"), "\(trained.messages)")
    let updated = try run(["update", model, folder.file("more.csv", csv(700..<724))])
    #expect(
      updated.status == 0 && updated.messages.contains("3 new steps of 1 series"), "\(updated.messages)")
    #expect(try updated.output == run(["predict", model, folder.file("all.csv", csv(0..<724))]).output)
  }

  /// What lies in UTC is not added to what lies on a clock.
  @Test func clocksAreNotMixed() throws {
    let folder = TemporaryFolder()
    func csv(_ hours: Range<Int>, _ offset: String) -> String {
      var text = "time,y\n"
      for hour in hours {
        let time = Date(timeIntervalSince1970: Double(1_672_617_600 + 3600 * hour))
        text += "\(time.ISO8601Format().prefix(19))\(offset),\(hour % 24)\n"
      }
      return text
    }
    let old = folder.file("old.csv", csv(0..<150, "+01:00"))
    let trained = try run(["train", old, "-o", folder("model")] + Self.small)
    #expect(trained.status == 0, "\(trained.messages)")
    let mixed = try run(["update", folder("model"), folder.file("new.csv", csv(150..<151, ""))])
    #expect(mixed.status != 0 && mixed.messages.contains("no offset from UTC"), "\(mixed.messages)")
    let right = try run(["update", folder("model"), folder.file("new.csv", csv(150..<151, "+01:00"))])
    #expect(right.status == 0, "\(right.messages)")
  }

  /// Results are never written over what they are made of.
  @Test func whatIsReadIsKept() throws {
    let folder = TemporaryFolder()
    try train(folder)
    let (old, model) = (folder("old.csv"), folder("model"))
    let (text, history) = (try Files.readText(old), try Files.readText(model + "/history.csv"))
    for arguments in [
      ["predict", model, old, "--output", old], ["predict", model, "--output", model + "/history.csv"],
      ["update", model, old, "--output", model + "/../old.csv"],
      ["anomalies", model, old, "--output", old], ["anomalies", model, old, "--report", old],
      ["backtest", old, "--horizon", "7", "--report", old],
    ] {
      let result = try run(arguments)
      #expect(result.status != 0 && result.messages.contains("which is read"), "\(result.messages)")
    }
    #expect(try Files.readText(old) == text && Files.readText(model + "/history.csv") == history)
  }
}
