import Foundation

/// Measures Rondo and its peers alternately and prints a table in Markdown.
///
///     Benchmarks [--pairs N] [--only TEXT] [--python PATH | --alone] [--root FOLDER]
@main
struct Benchmarks {
  static func main() {
    // A peer that has ended is an error where it is asked, not the end of the table.
    signal(SIGPIPE, SIG_IGN)
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
      exit(1)
    }
  }

  private static let usage = """
    Benchmarks [OPTION]…
      --pairs N      alternated pairs of each row (default: 7)
      --only TEXT    rows whose names contain it; may be given several times
      --python PATH  a Python that can import torch, onnxruntime and jax (default: an environment in the user's caches, made when needed)
      --alone        Rondo without peers
      --root FOLDER  the repository, with a release build of `rondo` (default: the current folder)
    """

  private static func run(_ arguments: [String]) throws {
    var (pairs, only, python, isAlone) = (7, [String](), String?.none, false)
    var root = URL(filePath: FileManager.default.currentDirectoryPath)
    var rest = arguments[...]
    while let option = rest.popFirst() {
      if ["--help", "-h"].contains(option) { return print(usage) }
      if option == "--alone" {
        isAlone = true
        continue
      }
      guard ["--pairs", "--only", "--python", "--root"].contains(option) else {
        throw BenchmarkError("unknown option \(option)\n\(usage)")
      }
      guard let value = rest.popFirst() else { throw BenchmarkError("\(option) needs a value") }
      switch option {
      case "--pairs":
        guard let count = Int(value), 1...1000 ~= count else {
          throw BenchmarkError("--pairs is \"\(value)\"; it can be a whole number from 1 to 1000")
        }
        pairs = count
      case "--only": only.append(value)
      case "--python": python = value
      default: root = URL(filePath: value)
      }
    }
    let rows = allRows().filter { row in only.isEmpty || only.contains { row.name.contains($0) } }
    guard !rows.isEmpty else {
      let names = allRows().map { "  \($0.name)" }.joined(separator: "\n")
      throw BenchmarkError("no row's name contains \(only.joined(separator: " or ")); there are:\n\(names)")
    }
    let binary = root.appending(path: ".build/release/rondo")
    guard FileManager.default.isExecutableFile(atPath: binary.path) else {
      throw BenchmarkError(
        "there is no \(binary.path); build it with: swift build -c release --product rondo")
    }

    let scratch = FileManager.default.temporaryDirectory.appending(path: "rondo-benchmarks-\(getpid())")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let rondo = Rondo(binary: binary, root: root, scratch: scratch)
    let folder = root.appending(path: "Benchmarks/peers")
    let wantsPeers = !isAlone && rows.contains { $0.peer != nil }
    let peers = Peers(python: wantsPeers ? findPython(named: python, peers: folder) : nil, folder: folder)

    var failures = 0
    print(Table.header)
    for row in rows {
      do {
        for line in try measure(row, pairs: pairs, rondo, peers) { print(line) }
      } catch {
        failures += 1
        FileHandle.standardError.write(Data("benchmarks: \(row.name) is left out: \(error)\n".utf8))
      }
      fflush(nil)
    }
    print("\n" + ([processor(), "pairs: \(pairs)"] + peers.versions).joined(separator: ", "))
    if failures > 0 { throw BenchmarkError("rows left out: \(failures) of \(rows.count)") }
  }

  private static func measure(_ row: Row, pairs: Int, _ rondo: Rondo, _ peers: Peers) throws -> [String] {
    var own: [[String: Double]] = []
    var others: [[String: Double]] = []
    for _ in 0..<pairs {
      if let peer = row.peer, let answer = try peers.ask(peer) { others.append(answer) }
      own.append(try rondo.measure(row.rondo))
      if let against = row.against { others.append(try rondo.measure(against)) }
    }
    return row.columns.map { column in Table.line(row.name, column, own: own, others: others) }
  }

  private static func processor() -> String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let model = lines.first { $0.hasPrefix("model name") }.flatMap { $0.split(separator: ":").last }
    let name = model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
    return "\(name), \(ProcessInfo.processInfo.activeProcessorCount) processors"
  }
}

/// Lines of Markdown.
enum Table {
  static let header = """
    | work | measure | Rondo | peer | ratio (least–most) | bar | of peak | bar |
    | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
    """

  static func line(_ name: String, _ column: Row.Column, own: [[String: Double]], others: [[String: Double]])
    -> String
  {
    let values = own.compactMap { $0[column.key] }
    let peer = (column.of == nil ? others : own).compactMap { $0[column.of ?? column.key] }
    let ratios = zip(values, peer).map { column.isRate ? $0 / $1 : $1 / $0 }.sorted()
    let ratio = ratios.isEmpty ? nil : median(ratios)
    // Results of a kernel or a training pass come with the peak of the same moments.
    let rate =
      column.key.hasPrefix("forward")
      ? "forward_gflops" : column.key.hasPrefix("train") ? "train_gflops" : column.key
    let (rates, peaks) = (own.compactMap { $0[rate] }, own.compactMap { $0["peak_gflops"] })
    let peak =
      !rate.hasSuffix("gflops") || rates.isEmpty || peaks.isEmpty ? nil : median(rates) / median(peaks)
    let spread = ratios.isEmpty ? "" : " (\(fixed(ratios.first!))–\(fixed(ratios.last!)))"
    let ratioCell = ratio.map { mark($0, column.bar) + fixed($0) + spread } ?? ""
    let peakCell = peak.map { mark($0, column.peakBar) + percent($0) } ?? ""
    let cells: [String] = [
      name, label(column.key), values.isEmpty ? "–" : above(values, column.most) + number(median(values)),
      peer.isEmpty ? "" : number(median(peer)), ratioCell,
      column.bar.map(fixed) ?? column.most.map { "≤ \(number($0))" } ?? "", peakCell,
      column.peakBar.map(percent) ?? "",
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }

  /// What misses its bar is marked.
  private static func mark(_ value: Double, _ bar: Double?) -> String {
    bar.map { value < $0 ? "✗ " : "" } ?? ""
  }

  private static func above(_ values: [Double], _ most: Double?) -> String {
    most.map { median(values) > $0 ? "✗ " : "" } ?? ""
  }

  private static func label(_ key: String) -> String {
    [
      "forward_ms": "forward, ms", "train_ms": "train, ms", "train_gflops": "train, GFLOP/s",
      "gflops": "GFLOP/s",
      "step_us_p50": "step, µs", "step_ms": "step, ms", "memory_mb": "memory, MB", "seconds": "s",
      "loop_gbytes_s": "loop, GB/s", "step_us_p99": "step, p99, µs", "step_us_p999": "step, p99.9, µs",
      "step_us_max": "step, longest, µs",
    ][key] ?? key
  }

  private static func number(_ value: Double) -> String {
    String(format: value < 1 ? "%.3f" : value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
  }

  private static func fixed(_ value: Double) -> String { String(format: "%.2f", value) }
  private static func percent(_ value: Double) -> String { String(format: "%.0f %%", value * 100) }
}
