extension LongTailProfile {
  /// Images to keep per class of a set that may be uneven itself: the class with most images keeps most, equal ones in label order.
  ///
  /// - Parameters:
  ///   - largest: images of the largest class; by default those of the largest class of the set.
  ///   - available: images per class, in label order.
  ///   - names: the names of the classes, for errors.
  /// - Throws: ``LongTailError/unevenClasses(name:wanted:available:smallest:largest:feasible:)`` when a class of an uneven set has fewer images than
  ///   the profile keeps of it, with the largest class that fits; `tooFewImages` when a balanced set has too few; otherwise as `counts`.
  public func counts(largest: Int?, of available: [Int], names: [String]) throws -> [Int] {
    let (smallestClass, largestClass) = (available.min() ?? 0, available.max() ?? 0)
    let wanted = try ranked(largest ?? largestClass, available)
    guard let label = wanted.indices.first(where: { wanted[$0] > available[$0] }) else { return wanted }
    guard smallestClass < largestClass else {
      throw LongTailError.tooFewImages(label: label, wanted: wanted[label], available: available[label])
    }
    // Every count grows with the largest one, so that the bound can be halved.
    var (low, high) = (0, largestClass)
    while low < high {
      let middle = (low + high + 1) / 2
      let fits = zip(try ranked(middle, available), available).allSatisfy { $0 <= $1 }
      if fits { low = middle } else { high = middle - 1 }
    }
    throw LongTailError.unevenClasses(
      name: names[label], wanted: wanted[label], available: available[label], smallest: smallestClass,
      largest: largestClass, feasible: low)
  }

  /// The counts of the profile, the first for the class with most images.
  private func ranked(_ largest: Int, _ available: [Int]) throws -> [Int] {
    let profile = try counts(maxPerClass: largest, classCount: available.count)
    let order = available.indices.sorted { (available[$1], $0) < (available[$0], $1) }
    var counts = [Int](repeating: 0, count: available.count)
    for (rank, label) in order.enumerated() { counts[label] = profile[rank] }
    return counts
  }
}
