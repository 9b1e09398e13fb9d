/// Splits off a part of each class as validation or test images.
struct HoldOut {
  let fraction: Double
  let seed: UInt64

  init(fraction: Double, seed: UInt64) throws {
    guard fraction > 0, fraction < 1 else {
      throw DataSourceError.badSetting(
        name: "hold-out fraction", value: "\(fraction)", expected: "more than 0, less than 1")
    }
    self.fraction = fraction
    self.seed = seed
  }

  /// The indices of the remaining and of the held-out images, both ascending.
  func split(_ source: any ImageSource) -> (kept: [Int], heldOut: [Int]) {
    var members = [[Int]](repeating: [], count: source.classNames.count)
    for (index, label) in source.labels.enumerated() { members[label].append(index) }
    let heldOut = members.flatMap { indices -> ArraySlice<Int> in
      guard indices.count >= 2 else { return [] }
      let wanted = Int((Double(indices.count) * fraction).rounded())
      let ranked = indices.map { (rank(source.name(at: $0)), $0) }.sorted { $0 < $1 }.map(\.1)
      return ranked.prefix(min(max(wanted, 1), indices.count - 1))
    }
    let chosen = Set(heldOut)
    return (source.labels.indices.filter { !chosen.contains($0) }, heldOut.sorted())
  }

  /// A hash of the seed and the name.
  private func rank(_ name: String) -> UInt64 {
    var hash = CounterHash(seed, 0x686F_6C64)  // "hold"
    for byte in name.utf8 { hash = hash.child(UInt64(byte)) }
    return hash.word(0)
  }
}
