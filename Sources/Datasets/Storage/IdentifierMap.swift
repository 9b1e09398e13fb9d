/// Finds the position of a record by its identifier: a table where numbers lie close together, else a search in sorted order.
struct IdentifierMap: Sendable {
  private let smallest: Int
  /// Position plus 1, or 0 for none; empty if `sorted` is used.
  private let dense: [Int32]
  private let sorted: [(identifier: RecordIdentifier, position: Int32)]

  /// Maps each identifier to its position.
  ///
  /// - Returns: and the first duplicate identifier.
  static func make(_ identifiers: [RecordIdentifier]) -> (map: IdentifierMap, duplicate: RecordIdentifier?) {
    let numbers = identifiers.compactMap { identifier in
      if case .number(let number) = identifier { number } else { nil }
    }
    guard numbers.count == identifiers.count, let smallest = numbers.min(), let largest = numbers.max() else {
      return sorted(identifiers)
    }
    let (span, overflow) = largest.subtractingReportingOverflow(smallest)
    guard !overflow, span < 4 * numbers.count + 1024 else { return sorted(identifiers) }
    var table = [Int32](repeating: 0, count: span + 1)
    var duplicate: RecordIdentifier?
    for (position, number) in numbers.enumerated() {
      if table[number - smallest] != 0 { duplicate = duplicate ?? .number(number) }
      table[number - smallest] = Int32(truncatingIfNeeded: position + 1)
    }
    return (IdentifierMap(smallest: smallest, dense: table, sorted: []), duplicate)
  }

  private static func sorted(
    _ identifiers: [RecordIdentifier]
  ) -> (map: IdentifierMap, duplicate: RecordIdentifier?) {
    let pairs = identifiers.enumerated().map { (identifier: $1, position: Int32(truncatingIfNeeded: $0)) }
      .sorted { ($0.identifier, $0.position) < ($1.identifier, $1.position) }
    let duplicate = zip(pairs, pairs.dropFirst()).first { $0.identifier == $1.identifier }?.0.identifier
    return (IdentifierMap(smallest: 0, dense: [], sorted: pairs), duplicate)
  }

  /// The position of a record, or `nil` if it is not known.
  subscript(identifier: RecordIdentifier) -> Int? {
    guard !dense.isEmpty else { return search(identifier) }
    guard case .number(let number) = identifier else { return nil }
    let (place, overflow) = number.subtractingReportingOverflow(smallest)
    guard !overflow, dense.indices.contains(place), dense[place] != 0 else { return nil }
    return Int(dense[place]) - 1
  }

  private func search(_ identifier: RecordIdentifier) -> Int? {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle].identifier < identifier { low = middle + 1 } else { high = middle }
    }
    guard low < sorted.count, sorted[low].identifier == identifier else { return nil }
    return Int(sorted[low].position)
  }
}
