/// Texts to be classified, with their labels, from a file in any ``LabelledFormat`` that holds texts.
public struct LabelledTexts: Sendable {
  /// One text.
  public struct Item: Sendable, Equatable {
    /// The text, as the file has it.
    public var text: String
    /// Its class; `nil` if the file has none for it, and it need not.
    public var label: String?
    /// Items of one group belong together, like the phrases of one sentence: they are never split between training and validation.
    public var group: Int
    /// True for a whole sentence, false for a phrase within one.
    public var isWhole: Bool
    /// The line where it begins, counted from 1.
    public var line: Int

    /// A text with all that is known of it.
    public init(text: String, label: String?, group: Int, isWhole: Bool, line: Int) {
      self.text = text
      self.label = label
      self.group = group
      self.isWhole = isWhole
      self.line = line
    }
  }

  /// What messages call the file.
  public let name: String
  /// Its texts, at least one, in the order of the file.
  public var items: [Item]

  /// Reads a file, or standard input if the path is `-`. It is read once, so that it may be a pipe.
  ///
  /// - Parameters:
  ///   - format: How the file has its texts; without it, as its extension or its first bytes say.
  ///   - textColumn: The column, or member, with the texts; `text` if it is not given.
  ///   - labelColumn: The column, or member, with the labels; `label` if it is not given.
  ///   - isTable: Whether text that shows no format is a table; it is if a column is given, unless told otherwise.
  ///   - phrases: Whether the phrases of trees are items of their own.
  ///   - labels: Whether there must be labels.
  /// - Throws: ``FileError`` or ``FormatError``.
  public init(
    contentsOf path: String, format: LabelledFormat? = nil, textColumn: String? = nil,
    labelColumn: String? = nil, isTable: Bool? = nil, phrases: Bool = false, labels: LabelRequirement
  ) throws {
    try self.init(
      Files.read(path, limit: 1 << 36), name: path == "-" ? Files.standardInputName : path, format: format,
      textColumn: textColumn, labelColumn: labelColumn, isTable: isTable, phrases: phrases, labels: labels)
  }

  /// Reads what is in memory, with the options of a file; `name` is what messages call it, and its extension counts like a file's.
  ///
  /// - Throws: ``FormatError``.
  public init(
    _ bytes: [UInt8], name: String, format: LabelledFormat? = nil, textColumn: String? = nil,
    labelColumn: String? = nil, isTable: Bool? = nil, phrases: Bool = false, labels: LabelRequirement
  ) throws {
    let format =
      format
      ?? LabelledFormat(
        path: name, bytes: bytes, hasColumns: isTable ?? (textColumn != nil || labelColumn != nil),
        plain: labels == .required ? .labelledLines : .lines)
    guard !phrases || format == .trees else {
      throw FormatError(
        .init(name), expected: "trees, for their phrases are asked for", found: format.summary)
    }
    self.name = name
    switch format {
    case .csv, .tsv:
      items = try LabelledTexts.table(
        DelimitedText(bytes, name: name, delimiter: format == .tsv ? .tab : nil), textColumn, labelColumn,
        labels)
    case .jsonl:
      items = try LabelledTexts.objects(
        JSONLines(bytes, name: name), textColumn ?? "text", labelColumn ?? "label", labels)
    case .lines:
      guard labels == .optional || bytes.isEmpty else {
        throw FormatError(
          .init(name), expected: "texts with labels", found: format.summary,
          hint:
            "Put the label before each text (labelled-lines), or write a table with columns text and label.")
      }
      items = try LabelledTexts.lines(bytes, name)
    case .labelledLines:
      var read: [Item] = []
      try LabelledLines.forEach(in: bytes, of: name) { label, text, line in
        read.append(Item(text: text, label: label, group: read.count, isWhole: true, line: line))
      }
      items = read
    case .trees: items = try LabelledTexts.trees(bytes, name, phrases: phrases)
    case .ts, .npy, .npz:
      throw FormatError(.init(name), expected: "texts", found: format.summary)
    }
    guard !items.isEmpty else {
      throw FormatError(
        .init(name), expected: "at least one text", found: bytes.isEmpty ? "an empty file" : "none")
    }
  }

  private static func table(
    _ table: DelimitedText, _ textColumn: String?, _ labelColumn: String?, _ labels: LabelRequirement
  ) throws -> [Item] {
    let text = try table.column(textColumn, or: "text", "Say which column has the texts.")
    let label = try table.labelColumn(labelColumn, labels)
    var items: [Item] = []
    try table.forEachRow { row in
      let label = try label.flatMap { try row.label($0, table.columns[$0], labels) }
      items.append(
        Item(text: row.text(text), label: label, group: items.count, isWhole: true, line: row.line))
    }
    return items
  }

  private static func objects(
    _ rows: JSONLines, _ textName: String, _ labelName: String, _ labels: LabelRequirement
  ) throws -> [Item] {
    var items: [Item] = []
    try rows.forEachRow { row in
      let text = try row.text(textName)
      var label = try labels == .required ? row.text(labelName) : row.optionalText(labelName)
      label = label.map(trimmed)
      if label == "" {
        guard labels == .optional else {
          throw FormatError(row.place, expected: "a label as \(quoted(labelName))", found: "an empty string")
        }
        label = nil
      }
      items.append(Item(text: text, label: label, group: items.count, isWhole: true, line: row.line))
    }
    return items
  }

  /// Blank lines are texts, so that there is a result for every line.
  private static func lines(_ bytes: [UInt8], _ name: String) throws -> [Item] {
    var items: [Item] = []
    try bytes.withUnsafeBufferPointer { bytes in
      try UTF8Check.requireText(bytes, of: name)
      try LineScanner.forEachLine(bytes) { line, number in
        let text = String(decoding: line, as: UTF8.self)
        items.append(Item(text: text, label: nil, group: items.count, isWhole: true, line: number))
      }
    }
    return items
  }

  private static func trees(_ bytes: [UInt8], _ name: String, phrases: Bool) throws -> [Item] {
    var items: [Item] = []
    var group = 0
    try SentimentTree.forEach(in: bytes, of: name) { tree, line in
      for (index, phrase) in tree.phrases.prefix(phrases ? .max : 1).enumerated() {
        items.append(
          Item(
            text: tree.text(of: phrase), label: phrase.label, group: group, isWhole: index == 0, line: line))
      }
      group += 1
    }
    return items
  }
}
