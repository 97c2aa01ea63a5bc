import Foundation

/// Text to train on. The time of a step does not depend on what it says, so it is drawn, always the same.
enum Corpus: String {
  case characters, words, tiny

  func file(in folder: URL) throws -> URL {
    let file = folder.appending(path: "\(rawValue).txt")
    if FileManager.default.fileExists(atPath: file.path) { return file }
    try text().write(to: file, atomically: true, encoding: .utf8)
    return file
  }

  private func text() -> String {
    var state: UInt64 = 1
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    switch self {
    case .characters, .tiny:
      // 65 symbols, as Tiny Shakespeare has them.
      let symbols = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .\n")
      return String((0..<(self == .tiny ? 5000 : 1_000_000)).map { _ in symbols[next(symbols.count)] })
    case .words:
      // Every one of 10,000 words occurs; the small ranks more often, as in Zipf's law.
      let all = (0..<10_000).map { "w\($0)" }
      let drawn = (0..<300_000).map { _ in
        all[min(9_999, Int(pow(10_000, Double(next(1 << 20)) / Double(1 << 20))))]
      }
      return stride(from: 0, to: all.count + drawn.count, by: 20).map { begin in
        (begin..<min(begin + 20, all.count + drawn.count)).map {
          $0 < all.count ? all[$0] : drawn[$0 - all.count]
        }
        .joined(separator: " ")
      }.joined(separator: "\n")
    }
  }
}
