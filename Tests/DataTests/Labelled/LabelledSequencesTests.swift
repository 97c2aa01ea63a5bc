import Foundation
import RondoCore
import RondoData
import RondoTestSupport
import Testing

@Suite struct LabelledSequencesTests {
  let folder = TemporaryFolder()

  private func read(
    _ text: String, _ name: String = "a.csv", sequenceColumn: String? = nil, labelColumn: String? = nil,
    features: [String]? = nil, labels: LabelRequirement = .required
  ) throws -> LabelledSequences {
    try LabelledSequences(
      contentsOf: folder.file(name, text), sequenceColumn: sequenceColumn, labelColumn: labelColumn,
      features: features, labels: labels)
  }

  private func message(
    _ text: String, _ name: String = "a.csv", sequenceColumn: String? = nil, labelColumn: String? = nil,
    features: [String]? = nil, labels: LabelRequirement = .required
  ) -> String? {
    let error = #expect(throws: FormatError.self) {
      try read(
        text, name, sequenceColumn: sequenceColumn, labelColumn: labelColumn, features: features,
        labels: labels)
    }
    return error?.description.replacingOccurrences(of: folder.path + "/", with: "")
  }

  // MARK: Tables

  private let table = "sequence,x,label,y\nb,1,up,2\na,-3,down,4e0\nb,5,up,6\n"

  /// Rows of a sequence belong together wherever they stand; the sequences are in the order of their first rows.
  @Test func rowsBecomeSequences() throws {
    let file = try read(table)
    #expect(file.featureNames == ["x", "y"])
    #expect(
      file.items == [
        .init(name: "b", values: [1, 2, 5, 6], stepCount: 2, label: "up", line: 2),
        .init(name: "a", values: [-3, 4], stepCount: 1, label: "down", line: 3),
      ])
    let other = try read(
      table.replacingOccurrences(of: "sequence", with: "id").replacingOccurrences(of: ",", with: ";"),
      "a.txt",
      sequenceColumn: "id", labelColumn: "label")
    #expect(other.items == file.items)
  }

  @Test func featuresOfATrainedModel() throws {
    let file = try read(table, features: ["y", "x"])
    #expect(file.featureNames == ["y", "x"])
    #expect(file.items.map(\.values) == [[2, 1, 6, 5], [4, -3]])
    let unlabelled = try read("y,sequence,x\n1,a,2\n", features: ["x", "y"], labels: .optional)
    #expect(unlabelled.items == [.init(name: "a", values: [2, 1], stepCount: 1, label: nil, line: 2)])
    #expect(
      message(table, features: ["x"])
        == "a.csv, line 1: expected no columns but those that the model was trained with, found \"y\", too. Leave them out."
    )
    #expect(
      message(table, features: ["x", "y", "z", "w"])
        == "a.csv, line 1: expected the columns that the model was trained with, \"z\", \"w\" among them, found \"sequence\", \"x\", \"label\", \"y\"."
    )
  }

  @Test(arguments: [
    (
      "sequence,x,label\n1,1,a\n2,1,b\n1,2,b\n",
      "a.csv, line 4, column 5: expected the label \"a\" of sequence \"1\", as in line 2, found \"b\"."
    ),
    (
      "sequence,x,label\n1,1,a\n,2,b\n",
      "a.csv, line 3, column 1: expected the name of a sequence in column \"sequence\", found nothing."
    ),
    (
      "sequence,x,label\n1,1,\n",
      "a.csv, line 2, column 5: expected a label in column \"label\", found nothing."
    ),
    (
      "sequence,x,label\n1,1,a\n1,,a\n",
      "a.csv, line 3, column 3: expected a number in column \"x\", found nothing. Fill the gap or leave it out."
    ),
    (
      "sequence,x,label\nü,nan,a\n",
      "a.csv, line 2, column 3: expected a number in column \"x\", found \"nan\". Fill the gap or leave it out."
    ),
    (
      "sequence,x,label\n1,-inf,a\n",
      "a.csv, line 2, column 3: expected a number in column \"x\", found \"-inf\". Fill the gap or leave it out."
    ),
    (
      "sequence,x,label\n1,one,a\n",
      "a.csv, line 2, column 3: expected a number in column \"x\", found \"one\"."
    ),
    ("sequence,x,label\n", "a.csv: expected at least one sequence, found none."),
    (
      "sequence,label\n1,a\n",
      "a.csv, line 1: expected a column of numbers, found only \"sequence\", \"label\"."
    ),
    (
      "sequence,x,x,label\n1,1,1,a\n",
      "a.csv, line 1: expected one column \"x\", found it as number 2 and as number 3. Give one of them another name."
    ),
    ("sequence,,label\n1,1,a\n", "a.csv, line 1: expected a name for every column, found none for number 2."),
    (
      "seqence,x,label\n",
      "a.csv, line 1: expected a column \"sequence\", found \"seqence\", \"x\", \"label\". Did you mean \"seqence\"?"
    ),
    (
      "id,x,label\n",
      "a.csv, line 1: expected a column \"sequence\", found \"id\", \"x\", \"label\". Say which column tells the sequence that a row belongs to."
    ),
    (
      "sequence,x,class\n",
      "a.csv, line 1: expected a column \"label\", found \"sequence\", \"x\", \"class\". Say which column has the labels."
    ),
  ])
  func placesOfErrorsInTables(text: String, expected: String) {
    #expect(message(text) == expected)
  }

  @Test func labelsThatComeAndGo() {
    #expect(
      message("sequence,x,label\n1,1,\n1,2,b\n", labels: .optional)
        == "a.csv, line 3, column 5: expected no label of sequence \"1\", as in line 2, found \"b\".")
    #expect(
      message("sequence,x,label\n1,1,b\n1,2,\n", labels: .optional)
        == "a.csv, line 3, column 5: expected the label \"b\" of sequence \"1\", as in line 2, found none.")
  }

  @Test func textsAreRefused() {
    #expect(
      message("{\"text\": 1}", "a.txt")
        == "a.txt: expected sequences of numbers, found JSON lines. Sequences are read from tables (csv, tsv), ts, npy and npz."
    )
    #expect(
      message("(1 a)", "a.txt")?.hasPrefix("a.txt: expected sequences of numbers, found trees.") == true)
  }

  // MARK: .ts

  @Test func timeSeries() throws {
    let text = "@classLabel true a b\n@data\n1,2:3,4:b\n5:6:a\n"
    let file = try read(text, "a.ts", features: ["u", "v"])
    #expect(file.featureNames == ["x1", "x2"])
    #expect(
      file.items == [
        .init(name: "1", values: [1, 3, 2, 4], stepCount: 2, label: "b", line: 3),
        .init(name: "2", values: [5, 6], stepCount: 1, label: "a", line: 4),
      ])
    #expect(
      message(text, "a.ts", features: ["u"])
        == "a.ts: expected 1 features, as the model was trained with, found 2.")
    #expect(
      message("@classLabel false\n@data\n1\n", "a.ts")
        == "a.ts: expected cases with labels, found none (@classLabel false).")
    #expect(try read("@classLabel false\n@data\n1\n", "a.ts", labels: .optional).items.map(\.label) == [nil])
    #expect(
      message("@classLabel true a\n@data\n1:a\n1:2:a\n", "a.ts")
        == "a.ts, line 4: expected 1 dimensions, as in line 3, found 2.")
  }

  // MARK: NumPy

  @Test func arrays() throws {
    let path = folder("x.npy")
    try NumPyArray.write(Tensor([2, 3, 2], (0..<12).map(Float.init)), to: path)
    let file = try LabelledSequences(contentsOf: path, labels: .optional)
    #expect(file.featureNames == ["x1", "x2"])
    #expect(
      file.items == [
        .init(name: "1", values: [0, 1, 2, 3, 4, 5], stepCount: 3, label: nil, line: nil),
        .init(name: "2", values: [6, 7, 8, 9, 10, 11], stepCount: 3, label: nil, line: nil),
      ])
    try NumPyArray.write(Tensor([2, 3], (0..<6).map(Float.init)), to: path)
    let one = try LabelledSequences(contentsOf: path, labels: .optional)
    #expect(one.items.map(\.values) == [[0, 1, 2], [3, 4, 5]])
    #expect(one.featureNames == ["x1"])
    let unlabelled = #expect(throws: FormatError.self) {
      try LabelledSequences(contentsOf: path, labels: .required)
    }
    #expect(
      unlabelled?.description
        == "\(path): expected sequences with labels, found an array without. Save an archive with the arrays x and y (numpy.savez)."
    )
    let (inf, nan) = (Float.infinity, Float.nan)
    for (shape, values, found) in [
      ([4], [0, 1, 2, 3], "the shape [4]"), ([0, 2], [], "none"), ([2, 0], [], "the shape [2, 0]"),
      ([2, 1, 0], [], "the shape [2, 1, 0]"),
      ([2, 2, 1], [0, 1, 2, nan], "nan in sequence 2, step 2, feature 1"),
      ([1, 1, 2], [0, -inf], "-inf in sequence 1, step 1, feature 2"),
    ] as [([Int], [Float], String)] {
      try NumPyArray.write(Tensor(shape, values), to: path)
      let error = #expect(throws: FormatError.self) {
        try LabelledSequences(contentsOf: path, labels: .optional)
      }
      #expect(error?.found == found)
    }
  }

  private func archive(_ name: String, labels: LabelRequirement = .required) throws -> LabelledSequences {
    try LabelledSequences(contentsOf: Fixtures.path("numpy_fixtures/\(name).npz"), labels: labels)
  }

  @Test func archives() throws {
    let labels = ["no", "yes"]
    let padded = try archive("padded")
    #expect(padded.featureNames == ["x1", "x2"])
    #expect(padded.items.map(\.values) == [[1, 2, 3, 4, 5, 6], [7, 8]])
    #expect(padded.items.map(\.stepCount) == [3, 1])
    #expect(padded.items.map(\.label) == labels)
    #expect(padded.items.map(\.name) == ["1", "2"])
    #expect(try archive("concatenated").items == padded.items)
    let equal = try archive("equal")
    #expect(equal.items.map(\.values) == [[1, 2], [3, 4]])
    #expect(equal.items.map(\.stepCount) == [2, 2])
    #expect(equal.items.map(\.label) == ["7", "-1"])
    #expect(try archive("unlabelled", labels: .optional).items.map(\.label) == [nil, nil])
  }

  @Test(arguments: [
    (
      "unlabelled",
      ": expected an array \"y\", found \"x\". Save the labels as y: numpy.savez(file, x=…, y=…)."
    ),
    (
      "nameless",
      ": expected an array \"x\", found \"arr_0\". Save the sequences as x: numpy.savez(file, x=…, y=…)."
    ),
    ("few-labels", ", array \"y\": expected a label for each of 2 sequences, [2], found the shape [1]."),
    ("float-labels", ", array \"y\": expected an array of integers or strings, found <f8."),
    ("long-lengths", ", array \"lengths\": expected lengths up to 3, found 4 for sequence 2."),
    ("zero-length", ", array \"lengths\": expected lengths from 1, found 0 for sequence 2."),
    ("few-lengths", ", array \"lengths\": expected 2 lengths, one for each sequence, found 1."),
    (
      "wrong-sum",
      ", array \"lengths\": expected lengths of 4 steps in all, as the array of the sequences has, found 3."
    ),
    (
      "padding-counted",
      ", array \"x\": expected finite numbers, found nan in sequence 2, step 2, feature 1. Fill the gap, or save the array lengths with the steps that count."
    ),
  ])
  func refusedArchives(name: String, message: String) {
    let error = #expect(throws: FormatError.self) { try archive(name) }
    #expect(error?.description == Fixtures.path("numpy_fixtures/\(name).npz") + message)
  }

  // MARK: Damage and real files

  @Test(
    arguments: [
      ("a.csv", "sequence,x,label\n\"s\",\"1.5\",\"up\"\n", 31),
      ("a.ts", "@classLabel true up\n@data\n1,2:3,4:up\n", 36),
    ] as [(String, String, Int?)])
  func damagedFiles(name: String, text: String, end: Int?) {
    readDamaged(Array(text.utf8), end: end) { bytes in
      let file = try LabelledSequences(bytes, name: name, labels: .required)
      #expect(file.items.allSatisfy { $0.values.count == $0.stepCount * file.featureNames.count })
    }
  }

  @Test func damagedArchive() throws {
    readDamaged(try Files.read(Fixtures.path("numpy_fixtures/padded.npz"))) { bytes in
      _ = try LabelledSequences(bytes, name: "damaged.npz", labels: .required)
    }
  }

  /// The Japanese vowels: 9 speakers.
  @Test(.needsData, arguments: [("TRAIN", 270, 7...26), ("TEST", 370, 7...29)])
  func japaneseVowels(part: String, count: Int, lengths: ClosedRange<Int>) throws {
    let path = try DataSets.path("speech/japanese-vowels/JapaneseVowels_\(part).ts")
    let file = try LabelledSequences(contentsOf: path, labels: .required)
    #expect(file.items.count == count)
    #expect(file.featureNames.count == 12)
    #expect(Set(file.items.compactMap(\.label)) == Set((1...9).map(String.init)))
    #expect(file.items.map(\.stepCount).min() == lengths.lowerBound)
    #expect(file.items.map(\.stepCount).max() == lengths.upperBound)
    #expect(file.items.allSatisfy { $0.values.count == 12 * $0.stepCount })
  }
}
