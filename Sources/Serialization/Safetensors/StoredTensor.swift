/// A tensor as it lies in a file: name, type, shape and its bytes, row after row, little-endian.
///
/// The bytes of a contiguous tensor are a view into the file's contents and are not copied; the view keeps the contents alive.
/// They need not be aligned for their type.
public struct StoredTensor: Sendable {
  /// Name, element type and shape.
  public let layout: TensorLayout
  private let contents: Contents

  private enum Contents: Sendable {
    case view(FileContents, Range<Int>)
    case owned([UInt8])
  }

  /// A tensor that owns its bytes.
  ///
  /// - Throws: `SerializationError.badTensor` if the number of bytes is not what the layout needs.
  public init(layout: TensorLayout, bytes: [UInt8]) throws {
    guard let expected = layout.byteCount, expected == bytes.count else {
      let expected = layout.byteCount.map(String.init) ?? "an impossible number of"
      throw SerializationError.badTensor(
        path: "memory", tensor: layout.name,
        reason: "shape \(layout.shape) of \(layout.elementType) needs \(expected) bytes, but there are \(bytes.count)")
    }
    self.layout = layout
    self.contents = .owned(bytes)
  }

  /// A view into the contents of a file. The caller has checked the range against the file and the layout.
  init(layout: TensorLayout, file: FileContents, range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= file.count && range.count == layout.byteCount)
    self.layout = layout
    self.contents = .view(file, range)
  }

  /// The key of the tensor.
  public var name: String { layout.name }
  /// The type of the elements.
  public var elementType: StoredElementType { layout.elementType }
  /// The lengths of the axes; empty for a single number.
  public var shape: [Int] { layout.shape }
  /// The number of elements.
  public var elementCount: Int { byteCount / elementType.byteCount }
  /// The number of bytes.
  public var byteCount: Int {
    switch contents {
    case .view(_, let range): range.count
    case .owned(let bytes): bytes.count
    }
  }

  /// Calls `body` with the bytes, which are valid during the call only.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    switch contents {
    case .view(let file, let range):
      try withExtendedLifetime(file) { try body(UnsafeRawBufferPointer(rebasing: file.bytes[range])) }
    case .owned(let bytes): try bytes.withUnsafeBytes(body)
    }
  }

  /// The same tensor under another name.
  public func renamed(_ name: String) -> StoredTensor {
    var renamed = layout
    renamed.name = name
    return StoredTensor(layout: renamed, contents: contents)
  }

  private init(layout: TensorLayout, contents: Contents) {
    self.layout = layout
    self.contents = contents
  }
}
