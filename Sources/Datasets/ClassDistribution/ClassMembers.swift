/// The images of each class, in file order, in one flat array.
package struct ClassMembers: Sendable {
  /// Image indices, class after class.
  private let images: [Int32]
  /// `offsets[c]..<offsets[c + 1]` are the images of class `c`.
  private let offsets: [Int]

  /// Sorts the images of a set by class.
  ///
  /// - Throws: ``LabelError`` for a label outside `0..<classCount`.
  package init(labels: [Int32], classCount: Int) throws {
    let counts = try countLabels(labels, classCount: classCount)
    var offsets = [0]
    for count in counts { offsets.append(offsets[offsets.count - 1] + count) }
    var next = offsets
    var images = [Int32](repeating: 0, count: labels.count)
    for (image, label) in labels.enumerated() {
      images[next[Int(label)]] = Int32(image)
      next[Int(label)] += 1
    }
    (self.images, self.offsets) = (images, offsets)
  }

  /// Images per class.
  package var counts: [Int] { zip(offsets.dropFirst(), offsets).map { $0 - $1 } }

  /// Number of images of all classes.
  package var imageCount: Int { images.count }

  /// The images of a class.
  package subscript(label: Int) -> ArraySlice<Int32> { images[offsets[label]..<offsets[label + 1]] }

  /// Number of images of a class.
  package func count(of label: Int) -> Int { offsets[label + 1] - offsets[label] }

  /// The image at a position within its class.
  package func image(_ position: Int, of label: Int) -> Int32 { images[offsets[label] + position] }
}
