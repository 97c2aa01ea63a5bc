/// Sequences of numbers to be classified, with their labels, from a file in any ``LabelledFormat`` that holds numbers.
///
/// - A table (`csv`, `tsv`) has a row for each step. One column says which sequence a row belongs to; the rows of a sequence need not follow
///   one another, but are in order. Another has the label, the same in all rows of a sequence. Every other column is a feature.
/// - `ts` is a file of the UEA and UCR archive.
/// - `npy` is an array `[sequences, steps, features]` or, with one feature, `[sequences, steps]`, without labels.
/// - `npz` has such an array as `x`, with the steps that count as `lengths` if they differ; or all sequences one after the other as `x`,
///   `[steps of all, features]`, and `lengths`. The labels are `y`, integers or strings.
public struct LabelledSequences: Sendable {
  /// One sequence.
  public struct Item: Sendable, Equatable {
    /// What the file calls it, or else its number from 1.
    public var name: String
    /// Its numbers, `[steps, features]`, row-major; all of them finite.
    public var values: [Float]
    /// The number of its steps, at least 1.
    public var stepCount: Int
    /// Its class; `nil` if the file has none for it, and it need not.
    public var label: String?
    /// The line where it begins, counted from 1; `nil` in files without lines.
    public var line: Int?

    /// A sequence with all that is known of it.
    public init(name: String, values: [Float], stepCount: Int, label: String?, line: Int?) {
      self.name = name
      self.values = values
      self.stepCount = stepCount
      self.label = label
      self.line = line
    }
  }

  /// What messages call the file.
  public let name: String
  /// What the numbers of one step are: the names of the columns, or `x1`, `x2`, … in files without names.
  public let featureNames: [String]
  /// Its sequences, at least one, in the order in which they begin.
  public var items: [Item]

  /// Reads a file, or standard input if the path is `-`. It is read once, so that it may be a pipe.
  ///
  /// - Parameters:
  ///   - format: How the file has its sequences; without it, as its extension or its first bytes say.
  ///   - sequenceColumn: The column that says which sequence a row belongs to; `sequence` if it is not given.
  ///   - labelColumn: The column with the labels; `label` if it is not given.
  ///   - features: The features that there must be, as a model was trained with them: in a table exactly these columns, whose numbers are
  ///     brought into this order; in other files so many of them.
  ///   - labels: Whether there must be labels.
  /// - Throws: ``FileError`` or ``FormatError``.
  public init(
    contentsOf path: String, format: LabelledFormat? = nil, sequenceColumn: String? = nil,
    labelColumn: String? = nil,
    features: [String]? = nil, labels: LabelRequirement
  ) throws {
    try self.init(
      Files.read(path, limit: 1 << 36), name: path == "-" ? Files.standardInputName : path, format: format,
      sequenceColumn: sequenceColumn, labelColumn: labelColumn, features: features, labels: labels)
  }

  /// Reads what is in memory, with the options of a file; `name` is what messages call it, and its extension counts like a file's.
  ///
  /// - Throws: ``FormatError``.
  public init(
    _ bytes: [UInt8], name: String, format: LabelledFormat? = nil, sequenceColumn: String? = nil,
    labelColumn: String? = nil, features: [String]? = nil, labels: LabelRequirement
  ) throws {
    let format =
      format
      ?? LabelledFormat(
        path: name, bytes: bytes, hasColumns: sequenceColumn != nil || labelColumn != nil, plain: .csv)
    self.name = name
    switch format {
    case .csv, .tsv:
      let table = try DelimitedText(bytes, name: name, delimiter: format == .tsv ? .tab : nil)
      var reader = try TableReader(table, sequenceColumn, labelColumn, features, labels)
      try table.forEachRow { row in try reader.read(row) }
      (featureNames, items) = (reader.featureNames, reader.items)
    case .ts:
      let file = try TimeSeriesFile(bytes, name: name)
      guard labels == .optional || file.classLabels != nil else {
        throw FormatError(.init(name), expected: "cases with labels", found: "none (@classLabel false)")
      }
      featureNames = LabelledSequences.numbered(file.dimensionCount)
      items = file.cases.enumerated().map { number, item in
        Item(
          name: String(number + 1), values: item.values, stepCount: item.stepCount, label: item.label,
          line: item.line)
      }
    case .npy:
      guard labels == .optional else {
        throw FormatError(
          .init(name), expected: "sequences with labels", found: "an array without",
          hint: "Save an archive with the arrays x and y (numpy.savez).")
      }
      let values = try ArrayReader(NumPyArray(bytes, name: name), lengths: nil)
      (featureNames, items) = (LabelledSequences.numbered(values.featureCount), try values.items(labels: nil))
    case .npz:
      (featureNames, items) = try LabelledSequences.archive(NumPyArchive(bytes, name: name), labels)
    case .jsonl, .lines, .labelledLines, .trees:
      throw FormatError(
        .init(name), expected: "sequences of numbers", found: format.summary,
        hint: "Sequences are read from tables (csv, tsv), ts, npy and npz.")
    }
    guard !items.isEmpty else {
      throw FormatError(.init(name), expected: "at least one sequence", found: "none")
    }
    if let features, features.count != featureNames.count {
      throw FormatError(
        .init(name), expected: "\(features.count) features, as the model was trained with",
        found: "\(featureNames.count)")
    }
  }

  private static func numbered(_ count: Int) -> [String] { (0..<count).map { "x\($0 + 1)" } }

  private static func archive(_ archive: NumPyArchive, _ labels: LabelRequirement) throws -> (
    [String], [Item]
  ) {
    func array(_ name: String) throws -> NumPyArray? {
      try archive.array(name) ?? archive.array(name.uppercased())
    }
    func missing(_ name: String, _ hint: String) -> FormatError {
      FormatError(
        .init(archive.name), expected: "an array \(quoted(name))",
        found: archive.names.isEmpty ? "none" : listed(archive.names), hint: hint)
    }
    guard let x = try array("x") else {
      throw missing("x", "Save the sequences as x: numpy.savez(file, x=…, y=…).")
    }
    let values = try ArrayReader(x, lengths: archive.array("lengths"))
    let y = try array("y")
    guard y != nil || labels == .optional else {
      throw missing("y", "Save the labels as y: numpy.savez(file, x=…, y=…).")
    }
    return (numbered(values.featureCount), try values.items(labels: y))
  }
}

// MARK: Tables

/// Sequences from a table with a row for each step.
private struct TableReader {
  let featureNames: [String]
  private(set) var items: [LabelledSequences.Item] = []
  private let table: DelimitedText
  private let sequence: Int
  private let label: Int?
  private let labels: LabelRequirement
  private let features: [Int]
  private var numbers = WordTable()

  init(
    _ table: DelimitedText, _ sequenceColumn: String?, _ labelColumn: String?, _ features: [String]?,
    _ labels: LabelRequirement
  ) throws {
    self.table = table
    self.labels = labels
    let sequence = try table.column(
      sequenceColumn, or: "sequence", "Say which column tells the sequence that a row belongs to.")
    let label = try table.labelColumn(labelColumn, labels)
    (self.sequence, self.label) = (sequence, label)
    let others = table.columns.indices.filter { $0 != sequence && $0 != label }
    let place = FormatError.Place(table.name, line: 1)
    if let features {
      let names = others.map { table.columns[$0] }
      let missing = features.filter { !names.contains($0) }
      guard missing.isEmpty else {
        throw FormatError(
          place, expected: "the columns that the model was trained with, \(listed(missing)) among them",
          found: listed(table.columns))
      }
      let unknown = names.filter { !features.contains($0) }
      guard unknown.isEmpty else {
        throw FormatError(
          place, expected: "no columns but those that the model was trained with",
          found: "\(listed(unknown)), too",
          hint: "Leave them out.")
      }
      featureNames = features
    } else {
      if let nameless = others.first(where: { table.columns[$0].isEmpty }) {
        throw FormatError(
          place, expected: "a name for every column", found: "none for number \(nameless + 1)")
      }
      guard !others.isEmpty else {
        throw FormatError(place, expected: "a column of numbers", found: "only \(listed(table.columns))")
      }
      featureNames = others.map { table.columns[$0] }
    }
    self.features = try featureNames.map { try table.column($0) }
  }

  mutating func read(_ row: borrowing DelimitedText.Row) throws {
    let name = trimmed(row.text(sequence))
    guard !name.isEmpty else {
      throw FormatError(
        row.place(sequence), expected: "the name of a sequence in column \(quoted(table.columns[sequence]))",
        found: "nothing")
    }
    let label = try label.flatMap { try row.label($0, table.columns[$0], labels) }
    let (number, isNew) = name.withUTF8Bytes { numbers.insert($0) }
    if isNew {
      items.append(.init(name: name, values: [], stepCount: 0, label: label, line: row.line))
    } else if items[number].label != label {
      let item = items[number]
      throw FormatError(
        row.place(self.label!),
        expected:
          "\(item.label.map { "the label \(quoted($0))" } ?? "no label") of sequence \(quoted(name)), as in line \(item.line!)",
        found: label.map { quoted($0) } ?? "none")
    }
    for column in features { items[number].values.append(try row.number(column)) }
    items[number].stepCount += 1
  }
}

// MARK: Arrays

/// Sequences from an array of numbers and, if they differ, their lengths.
private struct ArrayReader {
  let featureCount: Int
  private let x: NumPyArray
  /// Where each sequence begins among the steps of all, and how many of them it has.
  private var extents: [(start: Int, count: Int)] = []

  init(_ x: NumPyArray, lengths: NumPyArray?) throws {
    self.x = x
    let counts = try lengths?.integers()
    if let lengths, lengths.shape.count != 1 {
      throw lengths.failure("one length for each sequence, [sequences]", "the shape \(lengths.shape)")
    }
    if let wrong = counts?.firstIndex(where: { $0 < 1 }) {
      throw lengths!.failure("lengths from 1", "\(counts![wrong]) for sequence \(wrong + 1)")
    }
    if x.shape.count == 2, let counts {
      // All sequences one after the other.
      featureCount = x.shape[1]
      var total = 0
      for (index, count) in counts.enumerated() {
        guard count <= x.shape[0] - total else {
          throw lengths!.failure(
            "lengths of \(x.shape[0]) steps in all, as the array of the sequences has",
            "more up to sequence \(index + 1)")
        }
        extents.append((total, count))
        total += count
      }
      guard total == x.shape[0] else {
        throw lengths!.failure(
          "lengths of \(x.shape[0]) steps in all, as the array of the sequences has", "\(total)")
      }
    } else {
      guard 2...3 ~= x.shape.count else {
        throw x.failure(
          "the shape [sequences, steps, features] or [sequences, steps]", "the shape \(x.shape)")
      }
      let (count, steps) = (x.shape[0], x.shape[1])
      featureCount = x.shape.count == 3 ? x.shape[2] : 1
      guard count == 0 || steps > 0 else { throw x.failure("at least one step", "the shape \(x.shape)") }
      guard counts?.count ?? count == count else {
        throw lengths!.failure("\(count) lengths, one for each sequence", "\(counts!.count)")
      }
      if let wrong = counts?.firstIndex(where: { $0 > steps }) {
        throw lengths!.failure("lengths up to \(steps)", "\(counts![wrong]) for sequence \(wrong + 1)")
      }
      // Without features nothing bounds the number of sequences.
      if featureCount > 0 { extents = (0..<count).map { ($0 * steps, counts?[$0] ?? steps) } }
    }
    guard featureCount > 0 else { throw x.failure("at least one feature", "the shape \(x.shape)") }
  }

  func items(labels y: NumPyArray?) throws -> [LabelledSequences.Item] {
    let labels = try y?.strings()
    if let y, y.shape != [extents.count] {
      throw y.failure(
        "a label for each of \(extents.count) sequences, [\(extents.count)]", "the shape \(y.shape)")
    }
    if let empty = labels?.firstIndex(where: { trimmed($0).isEmpty }) {
      throw y!.failure("a label for every sequence", "an empty one for sequence \(empty + 1)")
    }
    let values = try x.floats()
    return try extents.enumerated().map { index, extent in
      let range = (extent.start * featureCount)..<((extent.start + extent.count) * featureCount)
      if let wrong = values[range].firstIndex(where: { !$0.isFinite }) {
        let (step, feature) = (wrong / featureCount - extent.start, wrong % featureCount)
        throw x.failure(
          "finite numbers",
          "\(values[wrong]) in sequence \(index + 1), step \(step + 1), feature \(feature + 1)",
          hint: "Fill the gap, or save the array lengths with the steps that count.")
      }
      return .init(
        name: String(index + 1), values: Array(values[range]), stepCount: extent.count,
        label: labels.map { trimmed($0[index]) }, line: nil)
    }
  }
}
