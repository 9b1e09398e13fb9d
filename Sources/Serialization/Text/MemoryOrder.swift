import Foundation

/// Compares two blocks of bytes: below 0, 0 or above 0.
package func memoryOrder(_ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, _ count: Int) -> Int {
  Int(memcmp(one, other, count))
}

/// The first index of a byte in a block, or `nil`.
package func memoryIndex(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  guard let base = bytes.baseAddress, let found = memchr(base, Int32(byte), bytes.count) else { return nil }
  return UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
}
