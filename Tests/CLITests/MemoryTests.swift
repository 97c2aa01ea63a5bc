import Foundation
import RondoTestSupport
import Testing

@Suite struct MemoryTests {
  #if os(Linux)
  /// The largest resident memory of a training run on this text, in bytes.
  private func peak(_ text: String, _ folder: TemporaryFolder, _ name: String) throws -> Int {
    let file = folder.file("\(name).txt", text)
    let process = try RondoProcess(
      ["text", "train", file, "-o", folder(name), "--steps", "60", "--validate-every", "1000"] + smallModel)
    var peak = 0
    while process.isRunning {
      if let status = try? String(contentsOfFile: "/proc/\(process.identifier)/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
        let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) })
      {
        peak = max(peak, kilobytes * 1024)
      }
      Thread.sleep(forTimeInterval: 0.002)
    }
    try #require(process.wait().status == 0)
    return peak
  }

  /// A text is read in pieces and never kept: one ten times as long takes four bytes for each of its further symbols.
  @Test func aLongerTextTakesItsSymbolsOnly() throws {
    let folder = TemporaryFolder()
    let text = String(repeating: sampleText, count: 30)
    let small = try peak(text, folder, "small")
    let large = try peak(String(repeating: text, count: 10), folder, "large")
    #expect(
      large - small < 4 * 9 * text.count + 1_000_000,
      "\(large) − \(small) bytes for \(9 * text.count) symbols")
    #expect(large > small)
  }
  #endif
}
