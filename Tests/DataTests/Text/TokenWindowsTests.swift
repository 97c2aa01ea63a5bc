import RondoCore
import RondoData
import RondoTestSupport
import Testing

@Suite struct TokenWindowsTests {
  @Test func windowsAreTimeMajor() throws {
    let windows = try TokenWindows(Array(0..<12), batchSize: 2, length: 3, name: "text")
    #expect(windows.streamLength == 5)
    #expect(windows.windowCount == 2)
    #expect(windows.targetCount == 10)
    let first = windows.window(0)
    #expect(first.inputs == [0, 5, 1, 6, 2, 7])
    #expect(first.targets == [1, 6, 2, 7, 3, 8])
    #expect(first.layout == SequenceLayout([3, 3]))
    let last = windows.window(1)
    #expect(last.inputs == [3, 8, 4, 9])
    #expect(last.targets == [4, 9, 5, 10])
    #expect(last.layout == SequenceLayout([2, 2], startTimes: [3, 3]))
    #expect((last.epoch, last.index) == (0, 1))
  }

  @Test func aPrecedingSymbolMakesTheFirstOneATarget() throws {
    let windows = try TokenWindows(
      Array(10..<20), range: 2..<9, preceding: 99, batchSize: 1, length: 4, name: "text")
    #expect(windows.window(0).inputs == [99, 12, 13, 14])
    #expect(windows.window(0).targets == [12, 13, 14, 15])
    #expect(windows.window(1).inputs == [15, 16, 17])
    #expect(windows.window(1).targets == [16, 17, 18])
  }

  /// In an epoch each stream is the text in order, and all targets but fewer than a batch occur exactly once.
  @Test(
    arguments: [(1000, 1, 7), (1000, 7, 13), (101, 4, 25), (997, 20, 35), (50, 1, 49)], [nil, -1] as [Int32?])
  func everyTargetOnce(_ sizes: (count: Int, batchSize: Int, length: Int), preceding: Int32?) throws {
    let windows = try TokenWindows(
      Array(0..<Int32(sizes.count)), preceding: preceding, batchSize: sizes.batchSize, length: sizes.length,
      name: "text")
    var streams: [[Int32]] = Array(repeating: [], count: sizes.batchSize)
    for position in 0..<windows.windowCount {
      let window = windows.window(position)
      #expect(window.targets.count == window.layout.rowCount)
      for (row, target) in window.targets.enumerated() {
        #expect(window.inputs[row] == target - 1)
        streams[row % sizes.batchSize].append(target)
      }
    }
    let seen = Array(streams.joined())
    let first: Int32 = preceding == nil ? 1 : 0
    #expect(seen == Array(first..<first + Int32(windows.targetCount)))
    #expect(sizes.count - seen.count - Int(first) < sizes.batchSize)
  }

  @Test func positionsRunThroughTheEpochs() throws {
    let windows = try TokenWindows(Array(0..<100), batchSize: 3, length: 10, name: "text")
    for position in 0..<(3 * windows.windowCount) {
      let window = windows.window(position)
      #expect(window.epoch == position / windows.windowCount)
      #expect(window.inputs == windows.window(window.index).inputs)
    }
  }

  @Test func tooShort() throws {
    _ = try TokenWindows(Array(0..<13), batchSize: 3, length: 4, name: "text")
    let error = #expect(throws: FormatError.self) {
      try TokenWindows(Array(0..<12), batchSize: 3, length: 4, name: "notes.txt")
    }
    #expect(
      error?.description == "notes.txt: expected at least 13 symbols to fill 3 streams of 4 steps, found 12. "
        + "Give more text, or choose a smaller batch or length.")
    _ = try TokenWindows(Array(0..<12), preceding: 0, batchSize: 3, length: 4, name: "text")
    #expect(throws: FormatError.self) {
      try TokenWindows([], preceding: 0, batchSize: 1, length: 1, name: "text")
    }
  }

  @Test func scoringTakesWhatThereIs() throws {
    #expect(try TokenWindows(scoring: [1, 2], length: 50, name: "text").window(0).targets == [2])
    #expect(try TokenWindows(scoring: [1], preceding: 0, length: 50, name: "text").window(0).inputs == [0])
    #expect(throws: FormatError.self) { try TokenWindows(scoring: [1], length: 50, name: "text") }
    #expect(throws: FormatError.self) {
      try TokenWindows(scoring: [], preceding: 0, length: 50, name: "text")
    }
  }
}
