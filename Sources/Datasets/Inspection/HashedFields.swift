import Crypto

/// The SHA-256 of a sequence of texts, numbers and bytes.
///
/// Fields are gathered before they are hashed: a set has hundreds of thousands of them, of a few bytes each.
struct HashedFields {
  private static let leastBytes = 1 << 15
  private var hash = SHA256()
  private var gathered: [UInt8] = []

  init() { gathered.reserveCapacity(2 * Self.leastBytes) }

  /// The number of bytes of a text, then its bytes.
  mutating func add(_ text: String) {
    add(text.utf8.count)
    add(bytes: text.utf8)
  }

  /// A number as 8 bytes, little-endian.
  mutating func add(_ number: Int) {
    withUnsafeBytes(of: UInt64(truncatingIfNeeded: number).littleEndian) { add(bytes: $0) }
  }

  /// Bytes alone.
  mutating func add(bytes: some Sequence<UInt8>) {
    gathered.append(contentsOf: bytes)
    if gathered.count >= Self.leastBytes { flush() }
  }

  /// The digest of all fields, as 64 hexadecimal digits.
  mutating func finalized() -> String {
    flush()
    return hash.finalize().hexadecimal
  }

  private mutating func flush() {
    gathered.withUnsafeBytes { hash.update(bufferPointer: $0) }
    gathered.removeAll(keepingCapacity: true)
  }
}
