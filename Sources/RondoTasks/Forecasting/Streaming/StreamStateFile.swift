import RondoCore
import RondoData
import RondoTraining

/// `state.safetensors` of a forecaster: how far its networks have read the series of `history.csv`, and the states that they came to.
///
/// A tensor has a row for each series whose window goes on: `member0.layer1.h` is the state `h` of the second layer of the first network. What
/// else belongs to windows is JSON in the header.
struct StreamStateFile {
  let path: String
  private let networks: [any StreamingNetwork]

  /// What the header has under `windows`.
  private struct Record: Codable {
    /// The SHA-256 of the history that was read.
    var history: String
    /// Which series of the history each row is of.
    var series: [Int]
    /// The step that each window began with.
    var begin: [Int]
    /// Of each member the scales of its windows.
    var centre: [[Double]]
    var scale: [[Double]]
  }

  init(_ path: String, _ networks: [any StreamingNetwork]) {
    (self.path, self.networks) = (path, networks)
  }

  private func tensors() -> [(member: Int, layer: Int, state: Int, name: String, width: Int)] {
    networks.enumerated().flatMap { member, network in
      network.states.enumerated().flatMap { layer, shapes in
        shapes.enumerated().map { state, shape in
          (member, layer, state, "member\(member).layer\(layer).\(shape.name)", shape.width)
        }
      }
    }
  }

  /// Writes the windows of which something has been read.
  ///
  /// - Parameter history: The SHA-256 of the history that belongs to them.
  func write(_ windows: [[StreamedWindow]?], history: String) throws {
    let rows = windows.indices.filter { windows[$0].map { $0.allSatisfy { !$0.states.isEmpty } } ?? false }
    func column<Value>(_ member: Int, _ value: (StreamedWindow) -> Value) -> [Value] {
      rows.map { value(windows[$0]![member]) }
    }
    let record = Record(
      history: history, series: rows, begin: column(0, \.begin),
      centre: networks.indices.map { column($0, \.scale.centre) },
      scale: networks.indices.map { column($0, \.scale.scale) })
    let states = tensors().map { entry in
      (
        name: entry.name,
        tensor: Tensor(
          [rows.count, entry.width],
          rows.flatMap { windows[$0]![entry.member].states[entry.layer][entry.state] })
      )
    }
    try SafeTensors.write(states, metadata: ["windows": JSONRecord.encode(record)], to: path)
  }

  /// The windows of a history's series.
  ///
  /// - Parameters:
  ///   - ends: The number of steps of each series.
  ///   - history: The SHA-256 of the history.
  /// - Returns: Nil if they belong to another history.
  /// - Throws: `FileError`, or `FormatError` for what is damaged or of another model.
  func windows(ends: [Int], history: String) throws -> [[StreamedWindow]?]? {
    let file = try SafeTensors(contentsOf: path)
    let hint = "Without the file, networks begin to read anew: remove it."
    func failure(_ expected: String, _ found: String) -> FormatError {
      FormatError(.init(path), expected: expected, found: found, hint: hint)
    }
    guard let text = file.metadata["windows"] else {
      throw failure("a record of the windows in the header", "none")
    }
    let record = try JSONRecord.decode(Record.self, from: Array(text.utf8), file: path)
    let count = record.series.count
    for entry in tensors() where file[entry.name]?.shape != [count, entry.width] {
      throw failure(
        "a tensor \(quoted(entry.name, limit: 200)) of shape [\(count), \(entry.width)]",
        file[entry.name].map { "shape \($0.shape)" } ?? "none")
    }
    guard record.history == history else { return nil }
    let scales = record.centre + record.scale
    let longest = StreamedWindow.contexts * (networks.first?.context ?? 0)
    guard record.begin.count == count, record.centre.count == networks.count,
      record.scale.count == networks.count, scales.allSatisfy({ $0.count == count }),
      scales.joined().allSatisfy(\.isFinite), Set(record.series).count == count,
      zip(record.series, record.begin).allSatisfy({ series, begin in
        ends.indices ~= series && 0 <= begin && begin <= ends[series] && ends[series] - begin <= longest
      })
    else { throw failure("a window of each of \(count) series", "a record that is none") }
    var windows = [[StreamedWindow]?](repeating: nil, count: ends.count)
    for (row, series) in record.series.enumerated() {
      windows[series] = networks.enumerated().map { member, network in
        let scale = WindowScale(centre: record.centre[member][row], scale: record.scale[member][row])
        return StreamedWindow(
          begin: record.begin[row], end: ends[series], scale: scale, states: network.states.map { _ in [] })
      }
    }
    for entry in tensors() {
      let values = try file.floats(entry.name)
      if let element = values.firstIndex(where: { !$0.isFinite }) {
        throw failure(
          "finite numbers in tensor \(quoted(entry.name, limit: 200))",
          "\(values[element]) as element \(element)")
      }
      for (row, series) in record.series.enumerated() {
        windows[series]![entry.member].states[entry.layer].append(
          Array(values[row * entry.width..<(row + 1) * entry.width]))
      }
    }
    return windows
  }
}
