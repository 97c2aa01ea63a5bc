import Foundation
import RondoData
import RondoTestSupport
import Testing

/// Cells as files: `rondo cells show` and `--cell FILE.cell`.
@Suite struct CellFileTests {
  private func train(
    _ folder: TemporaryFolder, _ model: String, _ options: [String]
  ) throws -> RondoProcess.Result {
    let text = folder("text.txt")
    if !FileManager.default.fileExists(atPath: text) { _ = folder.file("text.txt", sampleText) }
    return try RondoProcess(["text", "train", text, "-o", folder(model)] + smallModel + options).wait()
  }

  private func weights(_ folder: TemporaryFolder, _ model: String) throws -> [UInt8] {
    try Files.read(folder("\(model)/model.safetensors"))
  }

  @Test func aCellAsAFileIsTheCell() throws {
    let folder = TemporaryFolder()
    let shown = try rondo("cells", "show", "gru")
    #expect(shown.status == 0 && shown.output.hasPrefix("cell gru("))
    let file = folder.file("my.cell", shown.output)
    for (cell, model) in [("gru", "named"), (file, "typed")] {
      let result = try train(folder, model, ["--steps", "10", "--cell", cell])
      #expect(result.status == 0, "\(result.messages)")
    }
    #expect(try weights(folder, "named") == weights(folder, "typed"))
    // The model carries its equations with it.
    try FileManager.default.removeItem(atPath: file)
    let generated = try rondo("text", "generate", folder("typed"), "--length", "5")
    #expect(generated.status == 0, "\(generated.messages)")
  }

  @Test func optionsOfTheEquationsAreSet() throws {
    let folder = TemporaryFolder()
    let file = folder.file(
      "leaky.cell",
      """
      cell leaky(hiddenSize = 8, keep = 0.5)  # a leaky integrator
      state h[hiddenSize]
      h = keep*h + (1 - keep)*tanh(linear ih(x, hiddenSize) + linear hh(h, hiddenSize))
      return h
      """)
    for (model, options) in [
      ("a", []), ("b", ["--cell-option", "keep=0.5"]), ("c", ["--cell-option", "keep=0.9"]),
    ] {
      let result = try train(folder, model, ["--steps", "10", "--cell", file] + options)
      #expect(result.status == 0, "\(result.messages)")
    }
    #expect(try weights(folder, "a") == weights(folder, "b"))
    #expect(try weights(folder, "a") != weights(folder, "c"))
  }

  @Test func aMemoryThatNobodyHasIsRefused() throws {
    let folder = TemporaryFolder()
    let file = folder.file(
      "attention.cell",
      """
      cell attention(hiddenSize = 8)
      state h[hiddenSize]
      memory source[hiddenSize]
      h = tanh(linear ih(x, hiddenSize) + sumOverMemory(softmaxOverMemory(sum(h*source))*source))
      return h
      """)
    let result = try train(folder, "model", ["--steps", "10", "--cell", file])
    #expect(result.status != 0)
    #expect(result.messages.contains("attention.cell reads source beside its input"), "\(result.messages)")
  }

  private static let wrappers = [
    "--weight-norm", "--drop-connect", "0.3", "--variational-dropout", "0.2", "--layer-norm", "--zoneout",
    "0.1",
    "--schedule", "constant",
  ]

  @Test func wrappersKeepTheBits() throws {
    let folder = TemporaryFolder()
    for (model, options) in [
      ("one", ["--steps", "30", "--threads", "1"]), ("two", ["--steps", "30", "--threads", "2"]),
      ("resumed", ["--steps", "13"]), ("resumed", ["--steps", "30", "--resume"]),
    ] {
      let result = try train(folder, model, Self.wrappers + options)
      #expect(result.status == 0, "\(result.messages)")
    }
    #expect(try weights(folder, "one") == weights(folder, "two"))
    #expect(try weights(folder, "one") == weights(folder, "resumed"))
    let evaluated = try rondo("text", "evaluate", folder("one"), folder("text.txt"), "--json")
    #expect(try JSON(parsing: evaluated.output)["loss"]?.double?.isFinite == true)
  }

  /// Equations that can be read but fit no sizes are as wrong as others, whatever they are given to.
  @Test func equationsThatDoNotFitAreRefusedEverywhere() throws {
    let folder = TemporaryFolder()
    let file = folder.file(
      "c.cell", "cell c(hiddenSize = 8)\nstate h[hiddenSize]\nh = linear ih(x, 3) + h\nreturn h\n")
    for arguments in [["cells", "show", file], ["cells", "show", file, "--plan"], ["bench", file]] {
      let result = try RondoProcess(arguments).wait()
      #expect(result.status == 1 && result.output.isEmpty)
      #expect(result.messages.contains("c.cell, line 3, column 5: the widths differ"), "\(result.messages)")
    }
  }

  /// A file is tried with its own sizes, and what it says has them in it.
  @Test func aFileIsShownWithItsOwnSizes() throws {
    let folder = TemporaryFolder()
    let thirds = "cell a(hiddenSize = 9)\nstate h[hiddenSize]\na, b, c = split(linear ih(x, hiddenSize))\n"
    let file = folder.file("a.cell", thirds + "h = concatenate(a, b, c)\nreturn h\n")
    #expect(try rondo("cells", "show", file).status == 0)
    let other = try RondoProcess(["cells", "show", file, "--hidden", "8"]).wait()
    #expect(other.status == 1 && other.messages.contains("--hidden 8 and --input 128"), "\(other.messages)")
    let memory = folder.file(
      "m.cell",
      "cell m()\nstate h[4]\nmemory source[4]\nh = tanh(linear ih(x, 4) + sumOverMemory(source))\nreturn h\n")
    let plan = try RondoProcess(["cells", "show", memory, "--plan"]).wait()
    #expect(plan.status == 0, "\(plan.messages)")
  }

  @Test func whatCannotBeIsRefused() throws {
    let folder = TemporaryFolder()
    func refused(_ options: String..., naming words: String...) throws {
      let result = try train(folder, "model", ["--steps", "3"] + options)
      #expect(!result.wasKilled && (result.status == 1 || result.status == 64), "\(result)")
      #expect(result.messages.split(separator: "\n").count <= 3, "\(result.messages)")
      for word in words { #expect(result.messages.contains(word), "\(result.messages)") }
      #expect(!FileManager.default.fileExists(atPath: folder("model")))
    }
    let header = "cell c(hiddenSize = 8)\nstate h[hiddenSize]\n"
    try refused("--cell", folder("none.cell"), naming: "none.cell", "no such file")
    try refused(
      "--cell", folder.file("a.cell", header + "h = y\nreturn h\n"), naming: "a.cell", "line 3, column 5",
      "no y")
    try refused("--cell", folder.file("b.cell", header + "return h\n"), naming: "b.cell", "never assigned")
    try refused(
      "--cell", folder.file("c.cell", header + "h = linear ih(x, 3)\nreturn h\n"), naming: "c.cell", "line 3",
      "width")
    try refused(
      "--cell", folder.file("d.cell", String(repeating: "(", count: 2_000_000)), naming: "d.cell", "1048576")
    try refused("--cell", folder.file("e.cell", [0xFF, 0xFE, 0]), naming: "e.cell", "UTF-8")
    try refused("--cell", "mingru", "--drop-connect", "0.5", naming: "--drop-connect", "mingru")
    try refused("--cell", "lstm", "--cell-option", "peephole=true", naming: "peephole", "bias")
    try refused("--cell", "lstm", "--cell-option", "bias=maybe", naming: "bias=maybe", "true or false")
    try refused("--cell", "clockwork", "--hidden", "10", naming: "multiple of 4")
    try refused("--residual", "--embedding", "5", naming: "--residual", "5")
    #expect(try rondo("cells", "show", "lsmt").messages.contains("did you mean lstm?"))
  }
}
