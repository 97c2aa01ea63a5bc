import Foundation

/// A peer in a Python process of its own: one request a line, one answer a line.
final class PeerProcess {
  let version: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let errors: URL
  private var unread = Data()

  /// - Parameter python: An interpreter that can import the peer.
  init(_ program: Peer.Program, python: URL, folder: URL) throws {
    process.executableURL = python
    process.arguments = [folder.appending(path: "peer_\(program.rawValue).py").path]
    (process.standardInput, process.standardOutput) = (input, output)
    let errors = FileManager.default.temporaryDirectory.appending(path: "rondo-peer-\(UUID().uuidString)")
    self.errors = errors
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    process.standardError = try FileHandle(forWritingTo: errors)
    guard (try? process.run()) != nil else {
      try? FileManager.default.removeItem(at: errors)
      throw BenchmarkError("\(program.rawValue) does not start: \(python.path) is no program")
    }
    var version = "?"
    if let line = Self.line(from: output, &unread),
      let object = try JSONSerialization.jsonObject(with: line) as? [String: Any]
    {
      version = object["version"] as? String ?? "?"
    } else {
      defer { try? FileManager.default.removeItem(at: errors) }
      throw BenchmarkError("\(program.rawValue) does not start with \(python.path)" + lastWords(in: errors))
    }
    self.version = version
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.terminate()
    try? FileManager.default.removeItem(at: errors)
  }

  func ask(_ request: [String: JSONValue]) throws -> [String: Double] {
    try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(request) + Data("\n".utf8))
    guard let line = Self.line(from: output, &unread) else {
      throw BenchmarkError("the peer ended while it was asked \(request)" + lastWords(in: errors))
    }
    return try numbers(in: String(decoding: line, as: UTF8.self))
  }

  private static func line(from pipe: Pipe, _ unread: inout Data) -> Data? {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread = Data(unread[(end + 1)...]) }
        return Data(unread[..<end])
      }
      let more = pipe.fileHandleForReading.availableData
      if more.isEmpty { return nil }
      unread += more
    }
  }
}

/// The peers that are there: started when they are first asked.
final class Peers {
  private let python: URL?
  private let folder: URL
  private var running: [Peer.Program: PeerProcess] = [:]
  /// Why a peer is not there; said once.
  private(set) var missing: Set<Peer.Program> = []

  init(python: URL?, folder: URL) {
    (self.python, self.folder) = (python, folder)
  }

  /// The names and versions of those that were asked.
  var versions: [String] { running.map { "\($0.key.rawValue) \($0.value.version)" }.sorted() }

  /// Nil without this peer.
  func ask(_ peer: Peer) throws -> [String: Double]? {
    guard let python, !missing.contains(peer.program) else { return nil }
    do {
      if peer.isAlone {
        return try PeerProcess(peer.program, python: python, folder: folder).ask(peer.request)
      }
      if running[peer.program] == nil {
        running[peer.program] = try PeerProcess(peer.program, python: python, folder: folder)
      }
      return try running[peer.program]!.ask(peer.request)
    } catch {
      missing.insert(peer.program)
      running[peer.program] = nil
      FileHandle.standardError.write(Data("benchmarks: \(error); its column is left out\n".utf8))
      return nil
    }
  }
}

/// A Python that can import the peers: the one that is named, or an environment outside of the repository, made when it is first needed.
///
/// Without network or without Python it is nil, with one line that says so.
func findPython(named name: String?, peers folder: URL) -> URL? {
  if let name { return URL(filePath: name) }
  func say(_ text: String) { FileHandle.standardError.write(Data("benchmarks: \(text)\n".utf8)) }
  func run(_ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
  let caches = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
  let environment = URL(filePath: caches).appending(path: "rondo-benchmarks")
  let python = environment.appending(path: "bin/python3")
  let packages = (try? String(contentsOf: folder.appending(path: "requirements.txt"), encoding: .utf8)) ?? ""
  // A mark for each package that is there: what could not be installed is tried again the next time.
  func mark(_ package: Substring) -> URL { environment.appending(path: "installed-\(package)") }
  let wanted = packages.split(separator: "\n").filter {
    !FileManager.default.fileExists(atPath: mark($0).path)
  }
  if wanted.isEmpty { return python }
  guard run(["python3", "--version"]) else {
    say("there is no python3, so Rondo is measured alone")
    return nil
  }
  say(
    "installing \(wanted.joined(separator: ", ")) into \(environment.path), which is done once, takes minutes and, with PyTorch, up to 6 GB"
  )
  guard
    FileManager.default.fileExists(atPath: python.path) || run(["python3", "-m", "venv", environment.path])
  else {
    say("python3 cannot make an environment (is python3-venv installed?), so Rondo is measured alone")
    return nil
  }
  // One by one: a peer that there is none of for this Python does not take the others along.
  var missing: [Substring] = []
  for package in wanted {
    if run([python.path, "-m", "pip", "install", String(package)]) {
      _ = FileManager.default.createFile(atPath: mark(package).path, contents: nil)
    } else {
      missing.append(package)
    }
  }
  if !missing.isEmpty {
    say("pip could not install \(missing.joined(separator: ", ")) (is there a network?)")
  }
  return python
}
