import RondoData
import RondoTestSupport
import Testing

@Suite struct TimeSeriesFileTests {
  static let header = """
    #A remark: with @data in it
    @problemName Two Words
    @timeStamps false
    @missing false
    @univariate false
    @dimensions 2
    @equalLength false
    @classLabel true up down
    @data

    """

  private func read(_ text: String) throws -> TimeSeriesFile {
    try TimeSeriesFile(Array(text.utf8), name: "file.ts")
  }

  @Test func valuesAreStepByStep() throws {
    let file = try read(TimeSeriesFileTests.header + "1,2,3:-4,5e1,.5:up\r\n\n# remark\n 7 : 8 : down \n")
    #expect(file.problemName == "Two Words")
    #expect(file.classLabels == ["up", "down"])
    #expect(file.dimensionCount == 2)
    #expect(
      file.cases == [
        .init(values: [1, -4, 2, 50, 3, 0.5], stepCount: 3, label: "up", line: 10),
        .init(values: [7, 8], stepCount: 1, label: "down", line: 13),
      ])
  }

  @Test func withoutLabelsAndDimensions() throws {
    let file = try read("@ClassLabel false\n@data\n1,2\n3\n")
    #expect(file.classLabels == nil)
    #expect(file.dimensionCount == 1)
    #expect(file.cases.map(\.values) == [[1, 2], [3]])
    #expect(file.cases.map(\.label) == [nil, nil])
  }

  /// NaN at the end of all dimensions is padding; where one dimension still has a value, the case goes on.
  @Test func paddingIsLeftOut() throws {
    let file = try read(TimeSeriesFileTests.header + "1,2,NaN,nan:3,4,NaN,NaN:up\n1,NaN:2,NaN:down\n")
    #expect(file.cases.map(\.values) == [[1, 3, 2, 4], [1, 2]])
    #expect(file.cases.map(\.stepCount) == [2, 1])
  }

  @Test(arguments: [
    ("1,2:3:up", "line 10: expected 2 values in dimension 2, as in the first, found 1."),
    ("1,2:3,4:5,6:up", "line 10: expected 2 dimensions, as @dimensions says, found 3."),
    ("1,2:up", "line 10: expected 2 dimensions, as @dimensions says, found 1."),
    (
      "1,2:3,?:up",
      "line 10, column 7: expected a number as step 2 of dimension 2, found a missing value (?). Fill the gap or leave the sequence out."
    ),
    (
      "1,NaN,2:3,4,5:up",
      "line 10, column 3: expected numbers but for padding at the end of all dimensions, found NaN. Fill the gap or leave the sequence out."
    ),
    (
      "1,2,NaN:3,4,5:up",
      "line 10, column 5: expected numbers but for padding at the end of all dimensions, found NaN. Fill the gap or leave the sequence out."
    ),
    ("NaN:NaN:up", "line 10: expected at least one step, found NaN only."),
    (
      "1:inf:up",
      "line 10, column 3: expected a number as step 1 of dimension 2, found \"inf\". Fill the gap or leave it out."
    ),
    ("1,x:2,3:up", "line 10, column 3: expected a number as step 2 of dimension 1, found \"x\"."),
    (
      "1,:2,3:up",
      "line 10, column 3: expected a number as step 2 of dimension 1, found nothing. Fill the gap or leave it out."
    ),
    (
      "1:1e39:up",
      "line 10, column 3: expected a number as step 1 of dimension 2, found \"1e39\". Scale the numbers: the largest that fit are about 3.4e38."
    ),
    (
      "(0,1),(1,2):(0,1),(1,3):up",
      "line 10, column 1: expected values in regular steps, found time stamps. Resample the sequences first, and write values without stamps."
    ),
    (
      "1:2:donw",
      "line 10, column 5: expected a label among \"up\", \"down\", found \"donw\". Did you mean \"down\"?"
    ),
    (
      "1:2:",
      "line 10, column 5: expected a label among \"up\", \"down\", found none. The file may be truncated."
    ),
    ("12", "line 10: expected values, a colon and a label, found no colon. The file may be truncated."),
  ])
  func refusedCases(text: String, message: String) {
    let error = #expect(throws: FormatError.self) { try read(TimeSeriesFileTests.header + text + "\n") }
    #expect(error?.description == "file.ts, " + message)
  }

  @Test(arguments: [
    ("", "file.ts: expected a line @data, found none. The file may be truncated."),
    (
      "@classLabel false\n@data\n",
      "file.ts: expected cases after @data, found none. The file may be truncated."
    ),
    (
      "@timeStamps true\n",
      "file.ts, line 1: expected values in regular steps, found time stamps. Resample the sequences first, and write values without stamps."
    ),
    ("@timestamps maybe\n", "file.ts, line 1: expected true or false after @timestamps, found \"maybe\"."),
    ("@dimensions\n", "file.ts, line 1: expected a number from 1 after @dimensions, found nothing."),
    ("@seriesLength -1\n", "file.ts, line 1: expected a number from 1 after @seriesLength, found \"-1\"."),
    ("@classLabel true\n", "file.ts, line 1: expected the classes after @classLabel true, found none."),
    ("@classLabel true a b a\n", "file.ts, line 1: expected every class once, found \"a\" again."),
    (
      "@targetLabel true\n",
      "file.ts, line 1: expected classes (@classLabel), found numbers to be predicted (@targetLabel)."
    ),
    ("@data\n", "file.ts, line 1: expected a line @classLabel before @data, found none."),
    ("#\n1,2\n", "file.ts, line 2: expected a line that begins with # or @ before @data, found \"1,2\"."),
    (
      "@univariate true\n@dimensions 2\n@classLabel false\n@data\n",
      "file.ts, line 4: expected one dimension, because of @univariate true, found 2 (@dimensions)."
    ),
    (
      "@classLabel false\n@data\n1:2\n3\n", "file.ts, line 4: expected 2 dimensions, as in line 3, found 1."
    ),
    (
      "@equalLength true\n@seriesLength 2\n@classLabel false\n@data\n1,2,3\n",
      "file.ts, line 5: expected 2 values in each dimension, as @seriesLength says, found 3."
    ),
    (
      "@equalLength true\n@classLabel false\n@data\n1,2,3\n1,2\n",
      "file.ts, line 5: expected 3 values in each dimension, as in line 4 (@equalLength), found 2."
    ),
  ])
  func refusedFiles(text: String, message: String) {
    #expect(#expect(throws: FormatError.self) { try read(text) }?.description == message)
  }

  @Test func damagedFiles() {
    let text = "@univariate false\n@classLabel true up down\n@data\n1,2.5,NaN:-3,4,NaN:up\n"
    readDamaged(Array(text.utf8), end: text.utf8.count - 1) { bytes in
      let file = try TimeSeriesFile(bytes, name: "damaged")
      #expect(file.cases.allSatisfy { $0.values.count == $0.stepCount * file.dimensionCount })
    }
  }

  /// The Japanese vowels: 12 cepstral coefficients of 9 speakers.
  @Test(
    .needsData,
    arguments: [
      ("TRAIN", 270, 26, [30, 30, 30, 30, 30, 30, 30, 30, 30]),
      ("TEST", 370, 29, [31, 35, 88, 44, 29, 24, 40, 50, 29]),
    ])
  func japaneseVowels(part: String, count: Int, longest: Int, labels: [Int]) throws {
    let file = try TimeSeriesFile(
      contentsOf: DataSets.path("speech/japanese-vowels/JapaneseVowels_\(part).ts"))
    #expect(file.cases.count == count)
    #expect(file.dimensionCount == 12)
    #expect(file.cases.map(\.stepCount).min() == 7)
    #expect(file.cases.map(\.stepCount).max() == longest)
    #expect(file.classLabels == (1...9).map(String.init))
    #expect(file.classLabels?.map { label in file.cases.count { $0.label == label } } == labels)
    if part == "TRAIN" {
      #expect(file.cases[0].stepCount == 20)
      #expect(file.cases[0].values[..<3] == [1.860936, -0.207383, 0.261557])
      #expect(file.cases[0].values[12..<15] == [1.891651, -0.193249, 0.235363])
    }
  }
}
