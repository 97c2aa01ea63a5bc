import CRondoKernels
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the process may use of the machine: the processors, the instruction set, and the environment
/// variables that choose them.
///
///     RONDO_ISA      avx512, avx2, neon or portable: the variant of the kernels; the best one if not set
///     RONDO_THREADS  the number of threads; the number of processors if not set
public enum Machine {
  /// The largest number of threads that can be asked for.
  public static let largestThreadCount = 1024

  /// The names that `RONDO_ISA` may have.
  public static let instructionSets = ["avx512", "avx2", "neon", "portable"]

  private static let isConfigured = Atomic<Bool>(false)

  /// Chooses kernels and threads as the environment says. A program calls this first, to report nonsense as
  /// an error; if it does not, the first store, tape or parallel loop does it, and nonsense traps.
  ///
  /// - Throws: `MachineError` for a variant or a number of threads that there cannot be.
  public static func configure(environment: [String: String] = processEnvironment) throws(MachineError) {
    isConfigured.store(true, ordering: .sequentiallyConsistent)
    if let name = environment["RONDO_ISA"] {
      switch rondo_isa_select(name) {
      case 0: break
      case -2: throw .instructionSetMissing(name)
      default: throw .unknownInstructionSet(name)
      }
    } else {
      _ = rondo_isa_name()
    }
    if let text = environment["RONDO_THREADS"] {
      guard let count = Int(text), 1...largestThreadCount ~= count else { throw .threadCount(text) }
      Parallel.limit = count
    }
  }

  /// Configures with the process's environment if nobody has configured yet.
  package static func configureLazily() {
    if isConfigured.load(ordering: .acquiring) { return }
    _ = lazily
  }

  private static let lazily: Void = {
    do {
      if !isConfigured.load(ordering: .sequentiallyConsistent) { try configure() }
    } catch {
      fatalError("\(error)")
    }
  }()

  /// The variables of the process's environment that `configure` reads.
  public static var processEnvironment: [String: String] {
    var variables: [String: String] = [:]
    for name in ["RONDO_ISA", "RONDO_THREADS"] {
      if let value = getenv(name) { variables[name] = String(cString: value) }
    }
    return variables
  }

  /// The variant of the kernels in use.
  public static var instructionSet: String { String(cString: rondo_isa_name()) }

  /// The processors that this process may use at once: by its affinity, and by the CPU quota of its container
  /// (rounded down, at least 1).
  public static let processorCount = max(1, min(affinityCount, cgroupQuota ?? .max))

  private static var affinityCount: Int {
    let online = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    guard let status = contents(of: "/proc/self/status") else { return online }
    return min(online, allowedProcessors(status: status) ?? online)
  }

  /// The processors in the affinity mask that the text of /proc/self/status shows: `Cpus_allowed:
  /// ff,ffffffff`.
  package static func allowedProcessors(status: String) -> Int? {
    for line in status.split(separator: "\n") where line.hasPrefix("Cpus_allowed:") {
      let count = line.dropFirst("Cpus_allowed:".count).reduce(0) {
        $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount
      }
      return count > 0 ? count : nil
    }
    return nil
  }

  /// The smallest CPU quota of this process's control groups, in whole processors.
  private static var cgroupQuota: Int? {
    contents(of: "/proc/self/cgroup").flatMap { cgroupQuota(memberships: $0, contents: contents) }
  }

  /// The smallest quota that the files of the groups in `memberships` (the text of /proc/self/cgroup) name.
  package static func cgroupQuota(memberships: String, contents: (String) -> String?) -> Int? {
    var quotas: [Int] = []
    for line in memberships.split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let unified = fields[1].isEmpty
      guard unified || fields[1].split(separator: ",").contains("cpu") else { continue }
      var components = fields[2].split(separator: "/")
      while true {
        let folder = (["/sys/fs/cgroup"] + (unified ? [] : ["cpu"]) + components).joined(separator: "/")
        let numbers: [Int?]
        if unified {
          numbers = (contents(folder + "/cpu.max") ?? "").split(whereSeparator: \.isWhitespace).map {
            Int($0)
          }
        } else {
          numbers = ["/cpu.cfs_quota_us", "/cpu.cfs_period_us"].map { name in
            contents(folder + name).flatMap { Int($0.prefix { !$0.isWhitespace }) }
          }
        }
        if numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 {
          quotas.append(max(1, quota / period))
        }
        if components.popLast() == nil { break }
      }
    }
    return quotas.min()
  }

  /// A small text file.
  private static func contents(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var text: [UInt8] = []
    var bytes = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&bytes, 1, bytes.count, file), count > 0 { text += bytes[..<count] }
    return String(decoding: text, as: UTF8.self)
  }
}

/// The environment asks for what does not exist.
public enum MachineError: Error, Hashable, CustomStringConvertible {
  /// `RONDO_ISA` is none of `Machine.instructionSets`.
  case unknownInstructionSet(String)
  /// `RONDO_ISA` is a variant that this processor cannot run.
  case instructionSetMissing(String)
  /// `RONDO_THREADS` is no whole number from 1 to `Machine.largestThreadCount`.
  case threadCount(String)

  public var description: String {
    switch self {
    case .unknownInstructionSet(let name):
      "RONDO_ISA is \"\(name)\"; it can be \(Machine.instructionSets.joined(separator: ", ")) or not set"
    case .instructionSetMissing(let name):
      "RONDO_ISA is \"\(name)\", which this processor does not have; unset it to use the best it has"
    case .threadCount(let text):
      "RONDO_THREADS is \"\(text)\"; it can be a whole number from 1 to \(Machine.largestThreadCount) or not set"
    }
  }
}
