import RondoCore
import RondoData
import RondoTraining

/// How often each label occurs.
func labelCounts(_ targets: [Int32], labelCount: Int) -> [Int] {
  var counts = [Int](repeating: 0, count: labelCount)
  for target in targets { counts[Int(target)] += 1 }
  return counts
}

/// Labelled sequences as files have them: texts, or rows of numbers.
struct LabelledData {
  struct Item {
    enum Content {
      case text(String)
      case numbers([Float])
    }

    var content: Content
    var label: String?
    /// Items of one group are never split between training and validation.
    var group: Int
    /// Whether it is a sentence or a sequence rather than a part of one.
    var isWhole: Bool
    /// The name of a sequence of numbers.
    var name: String?
    var place: FormatError.Place
  }

  /// What messages call the files.
  private(set) var name = ""
  private(set) var items: [Item] = []
  /// The labels before they got new names; empty if they did not.
  private(set) var hadLabels: Set<String> = []
  /// The names of the columns of numbers; nil for texts.
  private(set) var featureNames: [String]?

  /// Reads files of one kind.
  ///
  /// - Parameters:
  ///   - features: The names that the columns of numbers must have.
  ///   - labels: Whether every sequence must have a label.
  ///   - known: Labels that are not given new names, if the files have no others.
  ///   - isTable: Whether text that shows no format is a table; it is if a column is named, unless told otherwise.
  /// - Throws: `FileError`, `FormatError` or `OptionError`.
  init(
    _ paths: [String], _ options: ClassificationOptions, isText: Bool, features: [String]? = nil,
    labels: LabelRequirement, known: [String]? = nil, phrases: Bool, isTable: Bool? = nil
  ) throws {
    featureNames = features
    for path in paths {
      let first = items.last.map { $0.group + 1 } ?? 0
      if isText {
        let file = try LabelledTexts(
          contentsOf: path, format: options.format, textColumn: options.textColumn,
          labelColumn: options.labelColumn, isTable: isTable, phrases: phrases, labels: labels)
        append(file.name)
        items += file.items.map { item in
          Item(
            content: .text(item.text), label: item.label, group: first + item.group, isWhole: item.isWhole,
            place: .init(file.name, line: item.line))
        }
      } else {
        let file = try LabelledSequences(
          contentsOf: path, format: options.format, sequenceColumn: options.sequenceColumn,
          labelColumn: options.labelColumn, features: featureNames, labels: labels)
        append(file.name)
        featureNames = file.featureNames
        items += file.items.enumerated().map { number, item in
          Item(
            content: .numbers(item.values), label: item.label, group: first + number, isWhole: true,
            name: item.name, place: .init(file.name, line: item.line))
        }
      }
    }
    // Labels that are the model's already have been given their new names.
    let isRelabelled = known.map { known in items.allSatisfy { $0.label.map(known.contains) ?? true } }
    if isRelabelled != true { relabel(options.labelMap) }
    guard !items.isEmpty else {
      throw FormatError(
        .init(name), expected: "sequences to classify", found: "none",
        hint: options.labelMap.isEmpty ? nil : "--map-labels left all of them out.")
    }
  }

  private mutating func append(_ file: String) { name += (name.isEmpty ? "" : ", ") + file }

  /// Gives labels their new names, and leaves out those that have none.
  private mutating func relabel(_ map: [String: String]) {
    guard !map.isEmpty else { return }
    hadLabels = Set(items.compactMap(\.label))
    items = items.compactMap { item in
      guard let label = item.label, let new = map[label] else { return item }
      guard !new.isEmpty else { return nil }
      var item = item
      item.label = new
      return item
    }
  }

  /// All labels, each once: numbers by size, otherwise by their characters.
  ///
  /// - Throws: `FormatError` if there are fewer than two.
  func labelNames() throws -> [String] {
    let found = Set(items.compactMap(\.label))
    guard found.count >= 2 else {
      throw FormatError(
        .init(name), expected: "at least two different labels",
        found: found.first.map { "only \(quoted($0))" } ?? "none")
    }
    let isNumeric = found.allSatisfy { Int($0) != nil }
    return found.sorted {
      if isNumeric, let a = Int($0), let b = Int($1), a != b { return a < b }
      return $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars)
    }
  }

  /// The number of every item's label.
  ///
  /// - Throws: `FormatError` with the line of a label that is not among the names.
  func targets(_ names: [String]) throws -> [Int32] {
    let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
    return try items.map { item in
      guard let number = numbers[item.label ?? ""] else {
        let some = names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
        throw FormatError(
          item.place, expected: "a label that the model was trained on: \(some)",
          found: quoted(item.label ?? ""))
      }
      return number
    }
  }

  /// Keeps some of the items.
  func selecting(_ indices: [Int]) -> LabelledData {
    var copy = self
    copy.items = indices.map { items[$0] }
    return copy
  }

  /// How many of each label make this share of all, in proportion as far as whole numbers go; never all of a label, so that a label that
  /// occurs once is trained on.
  private static func shares(_ counts: [String: Int], _ share: Double) -> [String: Int] {
    let all = counts.values.reduce(0, +)
    var left = max(1, Int((Double(all) * share).rounded()))
    var shares: [String: Int] = [:]
    func rest(_ label: String) -> Double { Double(counts[label]!) * share - Double(shares[label] ?? 0) }
    for (label, count) in counts {
      shares[label] = min(count - 1, Int(Double(count) * share))
      left -= shares[label]!
    }
    // What rounding left over goes where it is missed most, to one label after the other.
    while left > 0 {
      let open = counts.keys.filter { shares[$0]! < counts[$0]! - 1 }
      guard let most = open.max(by: { (rest($0), $1) < (rest($1), $0) }) else { break }
      shares[most]! += 1
      left -= 1
    }
    return shares
  }

  /// A random part of the groups of every label, and the rest.
  ///
  /// - Returns: The indices of the items to train on and of those held out; of these only whole ones.
  func split(share: Double, seed: UInt64) -> (training: [Int], heldOut: [Int]) {
    guard share > 0 else { return (Array(items.indices), []) }
    var labels: [Int: String] = [:]
    for item in items where item.isWhole || labels[item.group] == nil {
      labels[item.group] = item.label ?? ""
    }
    let groups = labels.keys.sorted()
    let order = RandomSource(seed: seed).permutation(
      groups.count, stream: RandomSource.stream("validation"))
    var counts: [String: Int] = [:]
    for label in labels.values { counts[label, default: 0] += 1 }
    var left = Self.shares(counts, share)
    var heldOut: Set<Int> = []
    for index in order {
      let group = groups[index]
      let label = labels[group]!
      guard left[label]! > 0 else { continue }
      left[label]! -= 1
      heldOut.insert(group)
    }
    let training = items.indices.filter { !heldOut.contains(items[$0].group) }
    return (training, items.indices.filter { heldOut.contains(items[$0].group) && items[$0].isWhole })
  }
}
