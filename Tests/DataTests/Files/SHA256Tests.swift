import RondoData
import RondoTestSupport
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4's examples, and a million times the letter a.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func standardVectors(text: String, expected: String) {
    #expect(SHA256.hash(Array(text.utf8)) == expected)
  }

  /// However the bytes arrive, around the ends of blocks of 64 bytes and of the padding, the hash is the same.
  @Test func piecesGiveTheSameHash() {
    for length in [1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 200] {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      let whole = SHA256.hash(bytes)
      for step in [1, 3, 63, 64, 65] {
        var hash = SHA256()
        for begin in stride(from: 0, to: length, by: step) {
          bytes[begin..<min(begin + step, length)].withUnsafeBytes { hash.update($0) }
        }
        #expect(hash.finalized() == whole, "length \(length), pieces of \(step)")
      }
    }
  }
}
