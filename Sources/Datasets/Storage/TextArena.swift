import FileAccess
import Serialization

/// Many short texts, such as names of files, in one block: their bytes and 4 more each, where an array of strings would take 16 and an allocation each.
struct TextArena: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [UInt32] = []

  /// The number of texts.
  var count: Int { ends.count }

  /// Bytes of memory.
  var storedBytes: Int { bytes.count + 4 * ends.count }

  /// Adds a text.
  ///
  /// - Throws: `DataSourceError.tooManyNames` beyond 4 GiB in all.
  mutating func append(_ text: UnsafeBufferPointer<UInt8>) throws {
    bytes.append(contentsOf: text)
    guard let end = UInt32(exactly: bytes.count) else { throw DataSourceError.tooManyNames(count: count) }
    ends.append(end)
  }

  /// Adds a text.
  mutating func append(_ text: String) throws { try text.withSystemBytes { try append($0) } }

  /// Frees unused capacity.
  mutating func shrink() {
    bytes = Array(bytes)
    ends = Array(ends)
  }

  /// The bytes of a text, valid during the call.
  func withText<Result>(_ index: Int, _ use: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBufferPointer { try use(UnsafeBufferPointer(rebasing: $0[range(index)])) }
  }

  subscript(index: Int) -> String { withText(index) { String(systemBytes: $0) } }

  /// The order of the texts, byte-wise, equal ones by index.
  func sortedOrder() -> [Int] {
    let isSorted = { (one: Int, other: Int) in
      bytes.withUnsafeBufferPointer { bytes in
        ByteText.precedes(
          UnsafeBufferPointer(rebasing: bytes[range(one)]), UnsafeBufferPointer(rebasing: bytes[range(other)]))
      }
    }
    return ends.indices.sorted { isSorted($0, $1) || ($0 < $1 && !isSorted($1, $0)) }
  }

  private func range(_ index: Int) -> Range<Int> {
    (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
  }
}
