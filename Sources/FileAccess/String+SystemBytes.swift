import Foundation

/// Names of files as texts, without loss.
///
/// The file system knows bytes, which need not be UTF-8: archives made elsewhere have names in Latin-1 or Shift-JIS. A byte that is
/// no UTF-8 becomes a private character, U+10FE80...U+10FEFF, and the same byte again when the file is opened.
extension String {
  private static let firstPrivateValue: UInt32 = 0x10FE00

  /// A name as the system gives it.
  public init(systemBytes bytes: UnsafeBufferPointer<UInt8>) {
    if !bytes.contains(0xF4), let text = String(validating: bytes, as: UTF8.self) {
      self = text
    } else {
      self.init(Self.scalars(of: bytes))
    }
  }

  /// A name as the system gives it.
  public init(systemBytes bytes: some Collection<UInt8>) {
    self = Array(bytes).withUnsafeBufferPointer { String(systemBytes: $0) }
  }

  /// Whether the name has bytes that are no UTF-8.
  public var hasForeignBytes: Bool { utf8.contains(0xF4) && unicodeScalars.contains { $0.foreignByte != nil } }

  /// The bytes that the system knows the name by.
  public var systemBytes: [UInt8] {
    guard utf8.contains(0xF4) else { return Array(utf8) }
    var bytes: [UInt8] = []
    for scalar in unicodeScalars {
      if let byte = scalar.foreignByte { bytes.append(byte) } else { bytes += Array(String(scalar).utf8) }
    }
    return bytes
  }

  /// Hands over the bytes that the system knows the name by; they are valid during the call.
  public func withSystemBytes<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    var text = self
    return try text.withUTF8 { plain in
      try plain.contains(0xF4) ? systemBytes.withUnsafeBufferPointer(body) : body(plain)
    }
  }

  /// Hands the name to a system call.
  public func withSystemPath<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
    // Asked for every file of a set, so that the search is the system's.
    let isPlain = utf8.withContiguousStorageIfAvailable { bytes in
      bytes.baseAddress.map { memchr($0, 0xF4, bytes.count) == nil } ?? true
    }
    guard isPlain == false || (isPlain == nil && utf8.contains(0xF4)) else { return try withCString(body) }
    return try (systemBytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
      // The array holds at least the terminating zero, so that there is an address.
      guard let start = buffer.baseAddress else { return try "".withCString(body) }
      return try body(start)
    }
  }

  private static func scalars(of bytes: UnsafeBufferPointer<UInt8>) -> String.UnicodeScalarView {
    var scalars = String.UnicodeScalarView()
    func appendForeign(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
      scalars.append(contentsOf: bytes.compactMap { Unicode.Scalar(firstPrivateValue + UInt32($0)) })
    }
    var parser = Unicode.UTF8.ForwardParser()
    var (rest, position) = (bytes.makeIterator(), 0)
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        let end = position + encoded.count
        // A name that has such a character itself is kept byte for byte as well.
        if scalar.foreignByte == nil { scalars.append(scalar) } else { appendForeign(bytes[position..<end]) }
        position = end
      case .error(let length):
        appendForeign(bytes[position..<(position + length)])
        position += length
      case .emptyInput: return scalars
      }
    }
  }
}

extension Unicode.Scalar {
  /// The byte that the character stands for, if it stands for one.
  var foreignByte: UInt8? {
    guard (0x10FE80...0x10FEFF).contains(value) else { return nil }
    return UInt8(truncatingIfNeeded: value)
  }
}
