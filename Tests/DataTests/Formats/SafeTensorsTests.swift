import Foundation
import RondoCore
import RondoData
import RondoTestSupport
import Testing

@Suite struct SafeTensorsTests {
  let folder = TemporaryFolder()

  /// A file with this header and this many bytes of values, which count up from 0.
  static func file(_ header: String, values count: Int = 0) -> [UInt8] {
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    return length + header.utf8 + (0..<count).map { UInt8(truncatingIfNeeded: $0) }
  }

  private func write(
    _ tensors: [(name: String, shape: [Int], values: [Float])], metadata: [String: String] = [:],
    to path: String
  ) throws {
    try SafeTensors.write(
      tensors.map { ($0.name, Tensor($0.shape, $0.values)) }, metadata: metadata, to: path)
  }

  @Test func bitsRoundTrip() throws {
    let values: [Float] = [0, -0.0, 1.5, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
    let nan = Float(bitPattern: 0x7FC1_2345)
    let path = folder("model.safetensors")
    try write(
      [("rnn.weight_ih_l0", [2, 3], values), ("nan", [], [nan]), ("empty", [0, 5], [])],
      metadata: ["format": "1", "a": "ü"], to: path)
    for file in [try SafeTensors(contentsOf: path), try SafeTensors(Files.read(path), name: "memory")] {
      #expect(file.entries.map(\.name).sorted() == ["empty", "nan", "rnn.weight_ih_l0"])
      #expect(file.metadata == ["format": "1", "a": "ü"])
      #expect(file["rnn.weight_ih_l0"]?.shape == [2, 3])
      #expect(file["empty"]?.shape == [0, 5])
      #expect(try file.floats("rnn.weight_ih_l0").map(\.bitPattern) == values.map(\.bitPattern))
      #expect(try file.tensor("rnn.weight_ih_l0") == Tensor([2, 3], values))
      #expect(try file.floats("nan").map(\.bitPattern) == [nan.bitPattern])
      #expect(try file.floats("empty").isEmpty)
      #expect(file["other"] == nil)
      #expect(throws: FormatError.self) { try file.floats("other") }
    }
  }

  /// The bytes are the format's own example of a layout, whatever the order of the items.
  @Test func sameTensorsSameBytes() throws {
    let (a, b) = (folder("a"), folder("b"))
    try write([("b", [1], [1]), ("a", [2], [2, 3])], metadata: ["y": "1", "x": "2"], to: a)
    try write([("a", [2], [2, 3]), ("b", [1], [1])], metadata: ["x": "2", "y": "1"], to: b)
    let bytes = try Files.read(a)
    #expect(try Files.read(b) == bytes)
    let header =
      #"{"__metadata__":{"x":"2","y":"1"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
      + #""b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#
    let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    var expected = SafeTensorsTests.file(padded)
    for value: Float in [2, 3, 1] { withUnsafeBytes(of: value.bitPattern.littleEndian) { expected += $0 } }
    #expect(bytes == expected)
  }

  @Test func everyElementType() throws {
    // 1, -2 and, where there are any, fractions; the last of F16 is its smallest subnormal, that of BF16 is infinity.
    let tensors: [(type: String, bits: [UInt64], width: Int, expected: [Double])] = [
      ("F64", [0x3FF0_0000_0000_0000, 0xC000_0000_0000_0000, 0x3FB9_9999_9999_999A], 8, [1, -2, 0.1]),
      ("F32", [0x3F80_0000, 0xC000_0000, 0x3F00_0000], 4, [1, -2, 0.5]),
      ("F16", [0x3C00, 0xC000, 0x0001], 2, [1, -2, 0x1p-24]),
      ("BF16", [0x3F80, 0xC000, 0x7F80], 2, [1, -2, .infinity]),
      ("I64", [1, 0xFFFF_FFFF_FFFF_FFFE, 1 << 40], 8, [1, -2, 0x1p40]),
      ("I32", [1, 0xFFFF_FFFE, 7], 4, [1, -2, 7]),
    ]
    var header: JSON.Object = [:]
    var bytes: [UInt8] = []
    for tensor in tensors {
      let begin = bytes.count
      for bits in tensor.bits {
        bytes += (0..<tensor.width).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
      }
      header[tensor.type] = [
        "dtype": .string(tensor.type), "shape": [3],
        "data_offsets": [.integer(begin), .integer(bytes.count)],
      ]
    }
    let file = try SafeTensors(SafeTensorsTests.file(JSON.object(header).text()) + bytes, name: "memory")
    for tensor in tensors {
      #expect(try file.floats(tensor.type) == tensor.expected.map { Float($0) }, "\(tensor.type)")
      #expect(try file.doubles(tensor.type) == tensor.expected, "\(tensor.type)")
      if tensor.type.hasPrefix("I") {
        #expect(try file.integers(tensor.type) == tensor.expected.map { Int($0) })
      } else {
        #expect(throws: FormatError.self) { try file.integers(tensor.type) }
      }
    }
  }

  /// Half precision against its definition: sign, 5 bits of exponent, 10 of fraction.
  @Test func halfPrecision() throws {
    let all = (0...UInt16.max).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    let header = #"{"x":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}"#
    let values = try SafeTensors(SafeTensorsTests.file(header) + all, name: "memory").doubles("x")
    for bits in 0..<65536 {
      let (exponent, fraction) = (bits >> 10 & 31, Double(bits & 1023))
      var expected =
        exponent == 0
        ? fraction * 0x1p-24
        : (1024 + fraction) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
      if exponent == 31 { expected = fraction == 0 ? .infinity : .nan }
      if bits >= 32768 { expected = -expected }
      let same = values[bits].isNaN ? expected.isNaN : values[bits].bitPattern == expected.bitPattern
      if !same { Issue.record("half \(bits): \(values[bits]), expected \(expected)") }
    }
  }

  @Test(arguments: [
    "[]", "{", "", "null", #"{"a":1}"#, #"{"a":{}}"#,
    #"{"__metadata__":[]}"#, #"{"__metadata__":{"a":1}}"#,
    #"{"a":{"dtype":"F8","shape":[8],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}"#,
    #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[4611686018427387904,4,0],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2305843009213693951],"data_offsets":[0,9223372036854775804]}}"#,
    #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[9223372036854775807,9223372036854775807]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[5,9]}}"#,
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x"#,
    String(repeating: #"{"a":"#, count: 100_000),
  ])
  func hostileHeaders(header: String) {
    let error = #expect(throws: FormatError.self) {
      try SafeTensors(SafeTensorsTests.file(header, values: 8), name: "model.safetensors")
    }
    #expect(error?.place.file == "model.safetensors")
    #expect((error?.description.count ?? 0) < 400)
  }

  @Test(arguments: [UInt64.max, 1 << 63, 1 << 60, 1 << 40, (1 << 25) + 1, 9] as [UInt64])
  func headersThatClaimTooMuch(length: UInt64) throws {
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array("{}      ".utf8)
    #expect(throws: FormatError.self) { try SafeTensors(bytes, name: "memory") }
    #expect(throws: FormatError.self) { try SafeTensors(contentsOf: folder.file("\(length)", bytes)) }
  }

  @Test func missingFilesAndDirectories() {
    #expect(throws: FileError(.read, folder("none"), .missing)) {
      try SafeTensors(contentsOf: folder("none"))
    }
    #expect(throws: FileError(.read, folder.path, .directory)) { try SafeTensors(contentsOf: folder.path) }
  }

  @Test func damagedFiles() throws {
    let path = folder("whole")
    try write([("a", [2, 2], [1, 2, 3, 4]), ("b", [3], [5, 6, 7])], metadata: ["k": "v"], to: path)
    let whole = try Files.read(path)
    readDamaged(whole) { bytes in
      let file = try SafeTensors(bytes, name: "damaged")
      for entry in file.entries { #expect(try file.doubles(entry.name).count == entry.count) }
    }
    #expect(throws: FormatError.self) { try SafeTensors(whole + [0], name: "longer") }
  }

  /// A file that shrinks after its header was read is an error, not a crash.
  @Test func fileCutWhileItIsOpen() throws {
    let path = folder("file")
    try write([("a", [1000], Array(repeating: 1, count: 1000))], to: path)
    let file = try SafeTensors(contentsOf: path)
    truncate(path, 2000)
    #expect(throws: FileError(.read, path, .changed)) { try file.floats("a") }
  }
}
