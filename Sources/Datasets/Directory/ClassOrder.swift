import Serialization

/// Order and lookup of class names.
enum ClassOrder {
  /// Byte-wise order, the same under every locale; Swift's own `<` follows Unicode equivalence instead.
  static func precedes(_ one: String, _ other: String) -> Bool {
    // Millions of names are compared; native strings are contiguous.
    let order = one.utf8.withContiguousStorageIfAvailable { left in
      other.utf8.withContiguousStorageIfAvailable { right in ByteText.precedes(left, right) }
    }
    return (order ?? nil) ?? one.utf8.lexicographicallyPrecedes(other.utf8)
  }

  /// The index of each name.
  ///
  /// - Throws: `DataSourceError.duplicateClass`.
  static func indices(of names: [String], in role: String) throws -> [String: Int] {
    var indices = [String: Int](minimumCapacity: names.count)
    for (index, name) in names.enumerated() {
      guard indices.updateValue(index, forKey: name) == nil else {
        throw DataSourceError.duplicateClass(name: name, place: role)
      }
    }
    return indices
  }

  /// The name that needs the fewest edits to become `name`, if it is close enough to be a typing error.
  static func nearest(to name: String, in names: [String]) -> String? {
    let wanted = Array(name.utf8)
    let limit = max(2, wanted.count / 3)
    // The edit distance takes time proportional to the product of both lengths; longer names are not compared.
    guard wanted.count <= longestName else { return nil }
    let candidates = names.lazy.filter { abs($0.utf8.count - wanted.count) <= limit }.prefix(mostNames)
    let best = candidates.map { ($0, editDistance(wanted, Array($0.utf8))) }.min { $0.1 < $1.1 }
    guard let (candidate, distance) = best, distance <= limit else { return nil }
    return candidate
  }

  private static let longestName = 200
  private static let mostNames = 20_000

  private static func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var previous = Array(0...other.count)
    for (i, a) in one.enumerated() {
      var row = [i + 1]
      for (j, b) in other.enumerated() {
        row.append(min(row[j] + 1, previous[j + 1] + 1, previous[j] + (a == b ? 0 : 1)))
      }
      previous = row
    }
    return previous[other.count]
  }
}
