/// The conventional long-tailed subset of a labelled set, image for image as in the published lists.
///
/// Class after class in label order, with one ``NumPyLegacyGenerator`` for all: the positions of the class in file order
/// are shuffled and the first `counts[c]` are kept. The subset is grouped by class, in shuffled order. Some published code leaves the
/// shuffle out.
public enum LongTailedSelection {
  /// In which order the images of a class are taken until there are enough.
  public enum Order: String, Sendable, Codable, CaseIterable {
    /// Shuffled with a seed, as in most published code.
    case shuffled
    /// In file order, as in the published code of SHIKE.
    case first
  }

  /// Positions of the images to keep.
  ///
  /// - Parameters:
  ///   - labels: the class of each image, in file order.
  ///   - counts: images to keep per class, in label order.
  ///   - order: in which order the images of a class are taken.
  ///   - seed: seed of the shuffle; 0 in the published lists. Without effect on file order.
  /// - Returns: indices into `labels`, `counts[0]` of class 0 first.
  /// - Throws: ``LabelError`` for a label without a count, ``LongTailError`` when a class has too few images.
  public static func indices(
    labels: [Int32], counts: [Int], order: Order = .shuffled, seed: UInt32 = 0
  ) throws -> [Int32] {
    if let label = counts.firstIndex(where: { $0 < 0 }) {
      throw LongTailError.negativeCount(label: label, count: counts[label])
    }
    let members = try ClassMembers(labels: labels, classCount: counts.count)
    var generator = NumPyLegacyGenerator(seed: seed)
    var selected: [Int32] = []
    for (label, count) in counts.enumerated() {
      var positions = Array(members[label])
      guard count <= positions.count else {
        throw LongTailError.tooFewImages(label: label, wanted: count, available: positions.count)
      }
      // Classes that keep nothing are shuffled too: the draws of the following classes depend on it.
      if order == .shuffled { generator.shuffle(&positions) }
      selected += positions[..<count]
    }
    return selected
  }
}
