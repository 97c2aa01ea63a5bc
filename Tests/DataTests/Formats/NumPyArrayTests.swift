import RondoCore
import RondoData
import RondoTestSupport
import Testing

@Suite struct NumPyArrayTests {
  let folder = TemporaryFolder()

  private func fixture(_ name: String) throws -> NumPyArray {
    try NumPyArray(contentsOf: Fixtures.path("numpy_fixtures/\(name).npy"))
  }

  /// A file with this header and these bytes of elements.
  static func file(_ header: String, version: UInt8 = 1, _ elements: [UInt8] = []) -> [UInt8] {
    let length = header.utf8.count
    let size = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + header.utf8 + elements
  }

  @Test(arguments: ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"], ["l", "b"])
  func everyTypeOfNumbers(code: String, order: String) throws {
    if order == "b", code.hasSuffix("1") { return }
    let array = try fixture(order + code)
    let first = code.hasPrefix("u") ? 0 : -3
    #expect(array.shape == [2, 3])
    #expect(array.typeName.hasSuffix(code))
    #expect(try array.floats() == (0..<6).map { Float(first + $0) })
    if code.hasPrefix("f") {
      let error = #expect(throws: FormatError.self) { try array.integers() }
      #expect(error?.expected == "an array of integers")
      #expect(throws: FormatError.self) { try array.strings() }
    } else {
      #expect(try array.integers() == (0..<6).map { first + $0 })
      #expect(try array.strings() == (0..<6).map { String(first + $0) })
    }
  }

  @Test func otherTypes() throws {
    #expect(try fixture("bool").integers() == [1, 0, 1, 0, 1, 0])
    #expect(try fixture("bool").strings()[..<2] == ["true", "false"])
    #expect(try fixture("fortran").shape == [2, 3, 4])
    #expect(try fixture("fortran").integers() == Array(0..<24))
    #expect(try fixture("version2").floats() == [0.5, 1.5, 2.5])
    #expect(try fixture("version3").floats() == [0.5, 1.5, 2.5])
    #expect(try fixture("scalar").shape == [])
    #expect(try fixture("scalar").floats() == [2.5])
    #expect(try fixture("empty").shape == [0, 3])
    #expect(try fixture("empty").floats() == [])
    for name in ["unicode", "unicode-b"] { #expect(try fixture(name).strings() == ["a", "", "größe", "🎼x"]) }
    #expect(try fixture("bytes").strings() == ["a", "", "abc", "x"])
    #expect(throws: FormatError.self) { try fixture("bytes").floats() }
  }

  @Test func refusedTypes() {
    let objects = #expect(throws: FormatError.self) { try fixture("objects") }
    #expect(objects?.found == "Python objects, which are not read because that would execute code")
    let records = #expect(throws: FormatError.self) { try fixture("records") }
    #expect(records?.found == "records of several fields")
    let large = #expect(throws: FormatError.self) {
      try NumPyArray(
        NumPyArrayTests.file(
          "{'descr': '<u8', 'fortran_order': False, 'shape': (), }", Array(repeating: 255, count: 8)),
        name: "x"
      ).integers()
    }
    #expect(
      large?.description == "x: expected integers up to 9223372036854775807, found 18446744073709551615.")
    let surrogate = #expect(throws: FormatError.self) {
      try NumPyArray(
        NumPyArrayTests.file("{'descr': '<U1', 'fortran_order': False, 'shape': (), }", [0, 0xD8, 0, 0]),
        name: "x"
      ).strings()
    }
    #expect(surrogate?.found == "the code 0xD800")
  }

  @Test func tensorsRoundTrip() throws {
    for shape in [[], [3], [2, 3], [0, 4]] {
      let count = shape.reduce(1, *)
      let tensor = Tensor(shape, (0..<count).map { 0.1 * Float($0) - 0.1 })
      let path = folder("x.npy")
      try NumPyArray.write(tensor, to: path)
      let array = try NumPyArray(contentsOf: path)
      #expect(array.shape == shape)
      #expect(try array.floats().map(\.bitPattern) == tensor.values.map(\.bitPattern))
      #expect((try Files.read(path).count - 4 * count) % 64 == 0)
    }
    // The same bytes as NumPy's own.
    try NumPyArray.write(Tensor([2, 3], [-3, -2, -1, 0, 1, 2]), to: folder("y.npy"))
    #expect(try Files.read(folder("y.npy")) == Files.read(Fixtures.path("numpy_fixtures/lf4.npy")))
  }

  @Test(arguments: [
    "", "[]", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'shape': (3,)}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 2}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2 3)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4, 0)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '<U4611686018427387904', 'fortran_order': False, 'shape': (2,)}",
    "{'descr': '<U0', 'fortran_order': False, 'shape': (4611686018427387904,)}",
    "{'descr': '<f16', 'fortran_order': False, 'shape': ()}",
    "{'descr': '<c8', 'fortran_order': False, 'shape': ()}",
    "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': ()}",
    "{'descr': '', 'fortran_order': False, 'shape': ()}",
    "{'descr': 'f4', 'fortran_order': False, 'shape': (2,)}", "{'other': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x",
    "{'descr': '<f4, 'fortran_order': False, 'shape': (2,)}",
  ])
  func hostileHeaders(header: String) {
    for version: UInt8 in 1...3 {
      let bytes = NumPyArrayTests.file(header, version: version, Array(repeating: 0, count: 8))
      let error = #expect(throws: FormatError.self) { try NumPyArray(bytes, name: "x.npy") }
      #expect(error?.place.file == "x.npy")
      #expect((error?.description.count ?? 0) < 400)
    }
  }

  @Test func manyDimensions() {
    let header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (" + String(repeating: "1,", count: 10_000) + ")}"
    #expect(throws: FormatError.self) {
      try NumPyArray(NumPyArrayTests.file(header, [0, 0, 0, 0]), name: "x")
    }
  }

  @Test func versionsAndLengthsThatClaimTooMuch() throws {
    var bytes = try Files.read(Fixtures.path("numpy_fixtures/version2.npy"))
    bytes[6] = 4
    #expect(
      #expect(throws: FormatError.self) { try NumPyArray(bytes, name: "x") }?.description
        == "x, byte 6: expected version 1, 2 or 3 of the format, found 4.")
    bytes[6] = 2
    bytes[11] = 255
    #expect(throws: FormatError.self) { try NumPyArray(bytes, name: "x") }
    #expect(throws: FormatError.self) { try NumPyArray(Array("PK".utf8), name: "x") }
  }

  @Test(arguments: ["lf4", "fortran", "unicode", "bytes", "version3", "bu2"])
  func damagedFiles(name: String) throws {
    readDamaged(try Files.read(Fixtures.path("numpy_fixtures/\(name).npy"))) { bytes in
      let array = try NumPyArray(bytes, name: "damaged")
      switch array.kind {
      case .unicode, .bytes: #expect(try array.strings().count == array.count)
      default: #expect(try array.floats().count == array.count)
      }
    }
  }
}

@Suite struct NumPyArchiveTests {
  private func archive(_ name: String) throws -> [UInt8] {
    try Files.read(Fixtures.path("numpy_fixtures/\(name).npz"))
  }

  @Test func arraysByName() throws {
    let archive = try NumPyArchive(self.archive("arrays"), name: "arrays.npz")
    #expect(archive.names == ["x", "y", "lengths"])
    #expect(try archive.array("x")?.shape == [2, 2])
    #expect(try archive.array("x")?.floats() == [1, 2, 3, 4])
    #expect(try archive.array("y")?.strings() == ["no", "yes"])
    #expect(try archive.array("lengths")?.integers() == [2, 1])
    #expect(try archive.array("z") == nil)
    let error = #expect(throws: FormatError.self) { try archive.array("y")?.floats() }
    #expect(
      error?.description == "arrays.npz, array \"y\": expected an array of numbers, found strings (<U3).")
  }

  @Test func compressedEntriesAreRefused() throws {
    let error = #expect(throws: FormatError.self) { try NumPyArchive(archive("compressed"), name: "x.npz") }
    #expect(error?.expected == "array \"x\" without compression")
    #expect(error?.found == "a compressed entry")
    #expect(error?.hint == "Save it with numpy.savez, not with numpy.savez_compressed.")
  }

  @Test func commentsAreSkippedAndTextIsRefused() throws {
    var whole = try archive("arrays")
    whole[whole.count - 2] = 3
    #expect(try NumPyArchive(whole + Array("abc".utf8), name: "x").names.count == 3)
    for text in ["", "PK", String(repeating: "x", count: 100_000)] {
      #expect(throws: FormatError.self) { try NumPyArchive(Array(text.utf8), name: "x") }
    }
  }

  /// The same archive with its end written as ZIP64 has it.
  @Test func zip64() throws {
    let whole = try archive("arrays")
    let end = whole.count - 22
    func number(_ i: Int, _ size: Int) -> Int { (0..<size).reduce(0) { $0 | Int(whole[i + $1]) << (8 * $1) } }
    func bytes(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let (count, size, offset) = (number(end + 10, 2), number(end + 12, 4), number(end + 16, 4))
    let record =
      bytes(0x0606_4B50, 4) + bytes(44, 8) + bytes(45, 2) + bytes(45, 2) + bytes(0, 8) + bytes(count, 8)
      + bytes(count, 8)
      + bytes(size, 8) + bytes(offset, 8)
    let locator = bytes(0x0706_4B50, 4) + bytes(0, 4) + bytes(end, 8) + bytes(1, 4)
    let last =
      bytes(0x0605_4B50, 4) + bytes(0, 4) + bytes(0xFFFF, 2) + bytes(0xFFFF, 2) + bytes(0xFFFF_FFFF, 4)
      + bytes(0xFFFF_FFFF, 4) + bytes(0, 2)
    let archive = try NumPyArchive(Array(whole[..<end]) + record + locator + last, name: "x")
    #expect(try archive.array("y")?.strings() == ["no", "yes"])
    readDamaged(Array(whole[..<end]) + record + locator + last) { bytes in
      let archive = try NumPyArchive(bytes, name: "damaged")
      for name in archive.names { _ = try archive.array(name)?.elements() }
    }
  }

  /// Every flipped bit in an array is found by its checksum.
  @Test func damagedFiles() throws {
    let whole = try archive("arrays")
    readDamaged(whole) { bytes in
      let archive = try NumPyArchive(bytes, name: "damaged")
      for name in archive.names { _ = try archive.array(name)?.elements() }
    }
    var damaged = whole
    let place = try #require(whole.indices.first { whole[$0...].starts(with: [0, 0, 0x80, 0x3F]) })
    damaged[place] = 1
    let error = #expect(throws: FormatError.self) { try NumPyArchive(damaged, name: "x") }
    #expect(error?.found == "another checksum")
  }
}

extension NumPyArray {
  /// All elements, whatever they are.
  fileprivate func elements() throws -> [String] {
    kind == .float ? try floats().map(\.description) : try strings()
  }
}
