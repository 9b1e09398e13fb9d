import Serialization

/// The classes that the records of a table or a shard state, as texts, until their order is known.
struct ClassTexts {
  private(set) var texts: [String] = []
  private var known: [[UInt8]: Int] = [:]

  /// The position of a text in `texts`; a new one is added at the end.
  ///
  /// - Returns: `nil` if the bytes are not UTF-8.
  mutating func position(of bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    let key = Array(bytes)
    if let position = known[key] { return position }
    guard let text = String(validating: key, as: UTF8.self) else { return nil }
    texts.append(text)
    known[key] = texts.count - 1
    return texts.count - 1
  }

  /// Class names in index order, and the index of each text.
  ///
  /// Names are in byte-wise order. Texts are numbers only if all of them are written the usual way: with `00501` or `00` among them, all are
  /// names. Numbers are indices if 0 is among them and the largest is below twice the number of different ones;
  /// otherwise they are identifiers, and the index is their rank. With stated names, a text is one of those, or else an index.
  ///
  /// - Throws: `DataSourceError.unknownClass` for a text that is not among the stated names, `.duplicateClass` for names that only look
  ///   different.
  func order(stated: [String]?, place: String) throws -> (names: [String], labels: [Int]) {
    let numbers = texts.map(ByteText.plainNumber)
    if let stated { return (stated, try labels(among: stated, numbers, place: place)) }
    guard !numbers.contains(nil) else {
      let names = texts.sorted(by: ClassOrder.precedes)
      let indices = try ClassOrder.indices(of: names, in: place)
      return (names, texts.map { indices[$0] ?? 0 })
    }
    let values = numbers.compactMap(\.self)
    let (largest, different) = (values.max() ?? 0, Set(values))
    if different.contains(0), largest < 2 * different.count { return ((0...largest).map(String.init), values) }
    let sorted = different.sorted()
    let ranks = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    return (sorted.map(String.init), values.map { ranks[$0] ?? 0 })
  }

  private func labels(among stated: [String], _ numbers: [Int?], place: String) throws -> [Int] {
    let indices = try ClassOrder.indices(of: stated, in: place)
    let named = texts.map { indices[$0] }
    if !named.contains(nil) { return named.compactMap(\.self) }
    let known = numbers.compactMap(\.self)
    if known.count == texts.count, known.allSatisfy(stated.indices.contains) { return known }
    let unknown = zip(texts, named).first { $1 == nil }?.0 ?? ""
    throw DataSourceError.unknownClass(
      name: unknown, role: place, nearest: ClassOrder.nearest(to: unknown, in: stated))
  }
}
