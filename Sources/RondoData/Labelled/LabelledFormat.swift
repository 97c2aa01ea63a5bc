/// How a file has what is to be classified: texts or sequences of numbers, with or without labels.
public enum LabelledFormat: String, CaseIterable, Sendable {
  /// A table with a header row, ``DelimitedText``; the delimiter is found in the header.
  case csv
  /// A table with a header row and tabs.
  case tsv
  /// Objects in JSON, ``JSONLines``.
  case jsonl
  /// A text on each line, without labels.
  case lines
  /// A label, a space and a text on each line.
  case labelledLines = "labelled-lines"
  /// A ``SentimentTree`` on each line.
  case trees
  /// Sequences of numbers as the UEA and UCR archive has them, ``TimeSeriesFile``.
  case ts
  /// Sequences of numbers without labels, ``NumPyArray``.
  case npy
  /// Sequences of numbers with lengths and labels, ``NumPyArchive``.
  case npz

  /// The format of a file, by its extension or else by its first bytes.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - bytes: What it holds, or how it begins.
  ///   - hasColumns: Whether columns are asked for by name, so that text is a table.
  ///   - plain: The format of text that shows no other.
  public init(path: String, bytes: some Collection<UInt8>, hasColumns: Bool, plain: LabelledFormat) {
    self =
      LabelledFormat(extensionOf: path) ?? LabelledFormat(
        beginning: Array(bytes.prefix(1 << 16)), hasColumns: hasColumns)
      ?? (hasColumns ? .csv : plain)
  }

  private init?(extensionOf path: String) {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return nil }
    switch name[name.index(after: dot)...].lowercased() {
    case "csv": self = .csv
    case "tsv", "tab": self = .tsv
    case "jsonl", "ndjson", "json": self = .jsonl
    case "ts": self = .ts
    case "npy": self = .npy
    case "npz": self = .npz
    default: return nil
    }
  }

  private init?(beginning bytes: [UInt8], hasColumns: Bool) {
    if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) {
      self = .npy
      return
    }
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]) {
      self = .npz
      return
    }
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let text = bytes[start...].drop(while: isSpace)
    let rest = text.dropFirst().drop(while: isSpace)
    // What follows decides: a text may begin with a bracket, too.
    switch (text.first ?? 0, rest.first ?? 0) {
    case (UInt8(ascii: "{"), UInt8(ascii: "\"")), (UInt8(ascii: "{"), UInt8(ascii: "}")),
      (UInt8(ascii: "["), UInt8(ascii: "{")):
      self = .jsonl
    case (UInt8(ascii: "("), UInt8(ascii: "0")...UInt8(ascii: "9")) where !hasColumns: self = .trees
    case (UInt8(ascii: "#"), _) where !hasColumns, (UInt8(ascii: "@"), _) where !hasColumns:
      guard LabelledFormat.isTimeSeries(text) else { return nil }
      self = .ts
    default: return nil
    }
  }

  /// Whether the first line without `#` is one of the `.ts` format. (Texts may begin with `@` or `#`, too.)
  private static func isTimeSeries(_ bytes: ArraySlice<UInt8>) -> Bool {
    let tags = [
      "@problemname", "@timestamps", "@missing", "@univariate", "@dimension", "@dimensions", "@equallength",
      "@serieslength", "@classlabel", "@targetlabel", "@data",
    ]
    let line = bytes.split { $0 == 0x0A || $0 == 0x0D }.first { $0.first != UInt8(ascii: "#") }
    let word = line?.prefix { $0 != 0x20 && $0 != 0x09 } ?? []
    return tags.contains(String(decoding: word, as: UTF8.self).lowercased())
  }

  /// What messages call the format.
  var summary: String {
    switch self {
    case .csv, .tsv: "a table"
    case .jsonl: "JSON lines"
    case .lines: "lines of text"
    case .labelledLines: "lines of a label and a text"
    case .trees: "trees"
    case .ts: "sequences of numbers (.ts)"
    case .npy, .npz: "an array of numbers"
    }
  }
}

/// Whether labels must be there.
public enum LabelRequirement: Sendable {
  /// A missing column or an empty label is an error: for training and evaluation.
  case required
  /// What has no label is classified all the same.
  case optional
}

extension DelimitedText {
  /// The number of a column, or of the one it is called by default.
  func column(_ name: String?, or standard: String, _ hint: String) throws -> Int {
    let name = name ?? standard
    if let column = try optionalColumn(name) { return column }
    let error = FormatError.noColumn(name, among: columns, at: .init(self.name, line: 1))
    throw FormatError(error.place, expected: error.expected, found: error.found, hint: error.hint ?? hint)
  }

  /// The number of the column with the labels, `nil` if there may be none.
  func labelColumn(_ name: String?, _ labels: LabelRequirement) throws -> Int? {
    switch labels {
    case .required: try column(name, or: "label", "Say which column has the labels.")
    case .optional: try optionalColumn(name ?? "label")
    }
  }
}

extension DelimitedText.Row {
  /// The label in a column, without spaces around it; `nil` if it is empty and may be.
  func label(_ column: Int, _ name: String, _ labels: LabelRequirement) throws(FormatError) -> String? {
    let label = trimmed(text(column))
    if !label.isEmpty { return label }
    guard labels == .optional else {
      throw FormatError(place(column), expected: "a label in column \(quoted(name))", found: "nothing")
    }
    return nil
  }
}
