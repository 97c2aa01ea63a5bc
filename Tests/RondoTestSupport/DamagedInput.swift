import RondoData
import Testing

/// Reads a file damaged in every way that one fault can do: cut at every byte, and with every bit flipped.
///
/// A cut must be refused. A flipped bit may go unnoticed, for it can change one valid file into another; but whatever is refused must be
/// refused with a ``FormatError``, and nothing may crash.
///
/// - Parameters:
///   - whole: A file that can be read.
///   - end: Cuts from this byte on may go unnoticed: a final newline, for example.
///   - read: Reads all of the file.
public func readDamaged(_ whole: [UInt8], end: Int? = nil, _ read: ([UInt8]) throws -> Void) {
  #expect(throws: Never.self) { try read(whole) }
  for place in 0..<(end ?? whole.count) {
    #expect(throws: FormatError.self, "cut at byte \(place)") { try read(Array(whole[..<place])) }
  }
  var damaged = whole
  for place in whole.indices {
    for bit in 0..<8 {
      damaged[place] ^= 1 << UInt8(bit)
      do { try read(damaged) } catch { #expect(error is FormatError, "bit \(bit) of byte \(place)") }
      damaged[place] ^= 1 << UInt8(bit)
    }
  }
}
