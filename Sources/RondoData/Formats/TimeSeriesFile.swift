/// Labelled sequences in the `.ts` format of the UEA and UCR archive, as aeon and sktime read it.
///
/// Lines with `#` are remarks, lines with `@` describe the data, and each line after `@data` is a case: its dimensions separated by colons,
/// the values of a dimension by commas, the label last. Cases may differ in length; the dimensions of a case may not. Values that are NaN
/// in every dimension at the end of a case are padding and left out. Missing values, time stamps and targets that are numbers are refused.
///
/// Source of the format: <https://www.aeon-toolkit.org/en/stable/api_reference/file_specifications/ts.html>.
public struct TimeSeriesFile: Sendable {
  /// One sequence.
  public struct Case: Sendable, Equatable {
    /// Its values, `[steps, dimensions]`, row-major.
    public var values: [Float]
    /// The number of its steps, at least 1.
    public var stepCount: Int
    /// Its class, `nil` if the file has none.
    public var label: String?
    /// The line where it is, counted from 1.
    public var line: Int

    /// A case with all its parts.
    public init(values: [Float], stepCount: Int, label: String?, line: Int) {
      self.values = values
      self.stepCount = stepCount
      self.label = label
      self.line = line
    }
  }

  /// What messages call the file.
  public let name: String
  /// What the file calls itself.
  public let problemName: String?
  /// The classes that the file declares, in its order; `nil` if its cases have no labels.
  public let classLabels: [String]?
  /// The values of one step.
  public let dimensionCount: Int
  /// The sequences, in the order of the file.
  public let cases: [Case]

  /// Reads a file, or standard input if the path is `-`.
  ///
  /// - Throws: ``FileError`` or ``FormatError``.
  public init(contentsOf path: String) throws {
    try self.init(Files.read(path, limit: 1 << 36), name: path == "-" ? Files.standardInputName : path)
  }

  /// Reads what is in memory.
  ///
  /// - Throws: ``FormatError``.
  public init(_ bytes: [UInt8], name: String) throws {
    var reader = Reader(file: name)
    try bytes.withUnsafeBufferPointer { bytes in
      try UTF8Check.requireText(bytes, of: name)
      try LineScanner.forEachLine(bytes) { line, number in try reader.line(line, number) }
    }
    guard reader.isData else {
      throw FormatError(
        .init(name), expected: "a line @data", found: "none", hint: "The file may be truncated.")
    }
    guard let dimensionCount = reader.dimensionCount, !reader.cases.isEmpty else {
      throw FormatError(
        .init(name), expected: "cases after @data", found: "none", hint: "The file may be truncated.")
    }
    self.name = name
    problemName = reader.problemName
    classLabels = reader.classLabels
    self.dimensionCount = dimensionCount
    cases = reader.cases
  }
}

extension TimeSeriesFile {
  /// What has been read so far.
  private struct Reader {
    let file: String
    var problemName: String?
    var hasClassTag = false
    var classLabels: [String]?
    /// As declared, or as the first case has them.
    var dimensionCount: Int?
    var dimensionSource = "@dimensions says"
    var isUnivariate = false
    var isEqualLength = false
    var seriesLength: Int?
    var lengthSource = "@seriesLength says"
    var isData = false
    var cases: [Case] = []
    /// The values of one case, dimension by dimension.
    private var columns: [Float] = []
    /// The steps of that case up to its last value, and the first NaN of each dimension.
    private var stepCount = 0
    private var gaps: [(step: Int, offset: Int)] = []

    init(file: String) { self.file = file }

    mutating func line(_ line: UnsafeBufferPointer<UInt8>, _ number: Int) throws(FormatError) {
      guard let first = line.first(where: { !DecimalNumber.isSpace($0) }), first != UInt8(ascii: "#") else {
        return
      }
      if isData { return try readCase(line, number) }
      guard first == UInt8(ascii: "@") else {
        throw FormatError(
          .init(file, line: number), expected: "a line that begins with # or @ before @data",
          found: quoted(String(decoding: line, as: UTF8.self)))
      }
      try tag(String(decoding: line, as: UTF8.self), number)
    }

    private mutating func tag(_ line: String, _ number: Int) throws(FormatError) {
      let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
      let (tag, values) = (words[0], Array(words[1...]))
      func failure(_ expected: String, _ found: String? = nil, _ hint: String? = nil) -> FormatError {
        let given = values.isEmpty ? "nothing" : quoted(values.joined(separator: " "))
        return FormatError(.init(file, line: number), expected: expected, found: found ?? given, hint: hint)
      }
      func flag() throws(FormatError) -> Bool {
        switch values.first?.lowercased() {
        case "true": return true
        case "false": return false
        default: throw failure("true or false after \(tag)")
        }
      }
      func size() throws(FormatError) -> Int {
        guard values.count == 1, let size = Int(values[0]), size > 0 else {
          throw failure("a number from 1 after \(tag)")
        }
        return size
      }
      switch tag.lowercased() {
      case "@problemname": problemName = values.joined(separator: " ")
      case "@timestamps":
        guard try !flag() else { throw stamped(.init(file, line: number)) }
      case "@univariate": isUnivariate = try flag()
      case "@dimension", "@dimensions": dimensionCount = try size()
      case "@equallength": isEqualLength = try flag()
      case "@serieslength": seriesLength = try size()
      case "@targetlabel":
        guard try !flag() else {
          throw failure("classes (@classLabel)", "numbers to be predicted (@targetLabel)")
        }
        hasClassTag = true
      case "@classlabel":
        hasClassTag = true
        guard try flag() else { break }
        let labels = Array(values[1...])
        guard !labels.isEmpty else { throw failure("the classes after @classLabel true", "none") }
        if let again = labels.indices.first(where: { labels[..<$0].contains(labels[$0]) }) {
          throw failure("every class once", "\(quoted(labels[again])) again")
        }
        classLabels = labels
      case "@data":
        guard hasClassTag else { throw failure("a line @classLabel before @data", "none") }
        guard values.isEmpty else { throw failure("nothing after @data") }
        if isUnivariate {
          guard dimensionCount ?? 1 == 1 else {
            throw failure("one dimension, because of @univariate true", "\(dimensionCount!) (@dimensions)")
          }
          dimensionCount = 1
        }
        isData = true
      // Whether values are missing shows in the data; other remarks of the archive do not matter here.
      default: break
      }
    }

    private mutating func readCase(_ line: UnsafeBufferPointer<UInt8>, _ number: Int) throws(FormatError) {
      let (values, label) = try self.label(line, number)
      let (rawCount, dimensions) = try readDimensions(values, line, number)
      guard dimensions == dimensionCount ?? dimensions else {
        throw FormatError(
          .init(file, line: number), expected: "\(dimensionCount!) dimensions, as \(dimensionSource)",
          found: "\(dimensions)")
      }
      if dimensionCount == nil {
        dimensionCount = dimensions
        dimensionSource = "in line \(number)"
      }
      if isEqualLength {
        guard rawCount == seriesLength ?? rawCount else {
          throw FormatError(
            .init(file, line: number),
            expected: "\(seriesLength!) values in each dimension, as \(lengthSource)",
            found: "\(rawCount)")
        }
        if seriesLength == nil {
          seriesLength = rawCount
          lengthSource = "in line \(number) (@equalLength)"
        }
      }

      // The case ends with the last step that has a value; a gap before it is no padding.
      if let gap = gaps.first(where: { $0.step < stepCount }) {
        throw FormatError(
          place(gap.offset, line, number), expected: "numbers but for padding at the end of all dimensions",
          found: "NaN", hint: "Fill the gap or leave the sequence out.")
      }
      guard stepCount > 0 else {
        throw FormatError(.init(file, line: number), expected: "at least one step", found: "NaN only")
      }
      var steps = [Float](repeating: 0, count: stepCount * dimensions)
      for dimension in 0..<dimensions {
        for step in 0..<stepCount {
          steps[step * dimensions + dimension] = columns[dimension * rawCount + step]
        }
      }
      cases.append(Case(values: steps, stepCount: stepCount, label: label, line: number))
    }

    /// The label of a case, and where its values end.
    private func label(
      _ line: UnsafeBufferPointer<UInt8>, _ number: Int
    ) throws(FormatError) -> (end: Int, label: String?) {
      guard let classLabels else { return (line.count, nil) }
      guard let colon = line.lastIndex(of: UInt8(ascii: ":")) else {
        throw FormatError(
          .init(file, line: number), expected: "values, a colon and a label", found: "no colon",
          hint: "The file may be truncated.")
      }
      let text = trimmed(String(decoding: line[(colon + 1)...], as: UTF8.self))
      guard classLabels.contains(text) else {
        let hint =
          text.isEmpty
          ? "The file may be truncated."
          : NearestName.of(text, among: classLabels).map { "Did you mean \(quoted($0))?" }
        throw FormatError(
          place(colon + 1, line, number), expected: "a label among \(listed(classLabels))",
          found: text.isEmpty ? "none" : quoted(text), hint: hint)
      }
      return (colon, text)
    }

    /// Reads the values of a case into `columns`: the values of each dimension, and the number of dimensions.
    private mutating func readDimensions(
      _ end: Int, _ line: UnsafeBufferPointer<UInt8>, _ number: Int
    ) throws(FormatError) -> (rawCount: Int, dimensions: Int) {
      let (colon, comma) = (UInt8(ascii: ":"), UInt8(ascii: ","))
      columns.removeAll(keepingCapacity: true)
      gaps.removeAll(keepingCapacity: true)
      stepCount = 0
      var rawCount = 0
      var dimension = 0
      var i = 0
      repeat {
        dimension += 1
        var step = 0
        var hasGap = false
        while true {
          let begin = i
          while i < end, line[i] != colon, line[i] != comma { i += 1 }
          let value = try value(line, begin..<i, step, dimension, number)
          if value.isNaN {
            // If any gap of a dimension lies before the end of the case, its first one does.
            if !hasGap { gaps.append((step, begin)) }
            hasGap = true
          } else {
            stepCount = max(stepCount, step + 1)
          }
          columns.append(value)
          step += 1
          guard i < end, line[i] == comma else { break }
          i += 1
        }
        if dimension == 1 { rawCount = step }
        guard step == rawCount else {
          throw FormatError(
            .init(file, line: number),
            expected: "\(rawCount) values in dimension \(dimension), as in the first", found: "\(step)")
        }
        i += 1
      } while i <= end
      return (rawCount, dimension)
    }

    /// A number, or NaN.
    private func value(
      _ line: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ step: Int, _ dimension: Int, _ number: Int
    ) throws(FormatError) -> Float {
      let field = UnsafeBufferPointer(rebasing: line[range])
      let decimal = DecimalNumber(field)
      if case .finite(let value) = decimal, Float(value).isFinite { return Float(value) }
      let place = place(range.lowerBound, line, number)
      let text = trimmed(String(decoding: field, as: UTF8.self))
      if text.lowercased() == "nan" { return .nan }
      if text.hasPrefix("(") { throw stamped(place) }
      let what = "a number as step \(step + 1) of dimension \(dimension)"
      if text == "?" {
        throw FormatError(
          place, expected: what, found: "a missing value (?)", hint: "Fill the gap or leave the sequence out."
        )
      }
      throw FormatError.notANumber(field, decimal, what, at: place)
    }

    private func place(_ i: Int, _ line: UnsafeBufferPointer<UInt8>, _ number: Int) -> FormatError.Place {
      let before = UnsafeBufferPointer(rebasing: line[..<i])
      return .init(file, line: number, column: 1 + UTF8Check.scalarCount(before))
    }

    private func stamped(_ place: FormatError.Place) -> FormatError {
      FormatError(
        place, expected: "values in regular steps", found: "time stamps",
        hint: "Resample the sequences first, and write values without stamps.")
    }
  }
}
