#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A dense array of single-precision numbers: contiguous, row-major, a value (copied on write).
///
/// Operations see a tensor of shape `[a, b, …, n]` as `rows` = a·b·… rows of `columns` = n numbers; a scalar
/// has the shape `[]`.
public struct Tensor: Sendable {
  /// The sizes, that of the columns last; `[]` for a scalar.
  public private(set) var shape: [Int]
  /// The number of elements.
  public let count: Int
  private var storage: TensorStorage
  private var offset: Int

  private init(_ shape: [Int], storage: TensorStorage, offset: Int) {
    self.shape = shape
    self.count = shape.reduce(1, *)
    self.storage = storage
    self.offset = offset
  }

  /// A tensor whose elements are not set; the caller writes them all before anybody reads.
  package init(uninitialized shape: [Int]) {
    require(shape.allSatisfy { $0 >= 0 }, "Tensor: negative size in shape \(shape)")
    self.init(shape, storage: TensorStorage(count: shape.reduce(1, *)), offset: 0)
  }

  /// A tensor of zeros.
  public init(zeros shape: [Int]) {
    self.init(uninitialized: shape)
    storage.pointer.initialize(repeating: 0, count: count)
  }

  /// A tensor of equal elements.
  public init(repeating value: Float, _ shape: [Int]) {
    self.init(uninitialized: shape)
    storage.pointer.initialize(repeating: value, count: count)
  }

  /// A tensor with these elements, in row-major order.
  public init(_ shape: [Int], _ values: [Float]) {
    self.init(uninitialized: shape)
    require(values.count == count, "Tensor: \(values.count) values for shape \(shape)")
    values.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      storage.pointer.initialize(from: base, count: count)
    }
  }

  /// A tensor of shape `[]`.
  public init(_ scalar: Float) {
    self.init([], [scalar])
  }

  /// The product of all sizes but the last; 1 for a scalar.
  public var rows: Int { shape.dropLast().reduce(1, *) }

  /// The last size; 1 for a scalar.
  public var columns: Int { shape.last ?? 1 }

  /// The elements in row-major order.
  public var values: [Float] { withUnsafeBufferPointer { Array($0) } }

  /// The only element of a tensor that has one.
  public var scalar: Float {
    require(count == 1, "Tensor.scalar: the shape is \(shape)")
    return pointer[0]
  }

  /// The same elements in another shape.
  public func reshaped(_ shape: [Int]) -> Tensor {
    require(shape.reduce(1, *) == count, "Tensor.reshaped: from \(self.shape) to \(shape)")
    return Tensor(shape, storage: storage, offset: offset)
  }

  /// `shape.count` dimensions of elements beginning at `start`, sharing this tensor's storage until one of
  /// the two is written.
  package func view(from start: Int, _ shape: [Int]) -> Tensor {
    let view = Tensor(shape, storage: storage, offset: offset + start)
    require(
      start >= 0 && start + view.count <= count, "Tensor.view: shape \(shape) at \(start) of \(self.shape)")
    return view
  }

  /// What elements these are: equal for tensors that share memory which has not been handed out for writing since.
  package struct Identity: Hashable, Sendable {
    private let contents: Int
    private let offset: Int
    private let shape: [Int]

    fileprivate init(_ contents: Int, _ offset: Int, _ shape: [Int]) {
      (self.contents, self.offset, self.shape) = (contents, offset, shape)
    }
  }

  package var identity: Identity { Identity(storage.contents, offset, shape) }

  /// Calls `body` with the elements in row-major order. The pointer is valid during the call only.
  ///
  /// - Throws: What `body` throws.
  public func withUnsafeBufferPointer<R, E: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: pointer, count: count))
  }

  /// Calls `body` with the elements to write to, after copying them if another tensor shares them.
  ///
  /// The pointer is valid during the call only.
  ///
  /// - Throws: What `body` throws.
  public mutating func withUnsafeMutableBufferPointer<R, E: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    let pointer = mutablePointer()
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeMutableBufferPointer(start: pointer, count: count))
  }

  /// The first element; valid as long as this tensor (or a copy) lives and is not written.
  package var pointer: UnsafePointer<Float> { UnsafePointer(storage.pointer + offset) }

  /// The first element, for writing; valid as long as this tensor lives and no copy of it is made.
  package mutating func mutablePointer() -> UnsafeMutablePointer<Float> {
    if !isUnique() {
      let copy = TensorStorage(count: count)
      copy.pointer.initialize(from: storage.pointer + offset, count: count)
      storage = copy
      offset = 0
    } else {
      storage.willBeWritten()
    }
    return storage.pointer + offset
  }

  /// Whether nobody else shares the storage, so that `mutablePointer` does not copy.
  package mutating func isUnique() -> Bool { isKnownUniquelyReferenced(&storage) }
}

/// Equality of shape and bits: NaN equals itself, 0 differs from −0.
extension Tensor: Equatable {
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape && (a.count == 0 || memcmp(a.pointer, b.pointer, a.count * 4) == 0)
  }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let shown = values.prefix(8).map(\.description).joined(separator: ", ")
    return "Tensor\(shape) [\(shown)\(count > 8 ? ", …" : "")]"
  }
}
