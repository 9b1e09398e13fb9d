import Longtail

/// Puts the images that cannot be decoded back among the others, in the order in which they were named.
struct PredictionRows {
  private let count: Int
  private let unreadable: [UnreadableImage]
  private let showsUnreadable: Bool
  private var index = 0
  private var nextUnreadable = 0

  /// - Parameters:
  ///   - count: all images.
  ///   - unreadable: those that cannot be decoded, in order.
  ///   - showsUnreadable: whether they get rows.
  init(count: Int, unreadable: [UnreadableImage], showsUnreadable: Bool) {
    (self.count, self.unreadable, self.showsUnreadable) = (count, unreadable, showsUnreadable)
  }

  /// The images that cannot be decoded and stand before the next one that can.
  mutating func beforeNextImage() -> [UnreadableImage] {
    var rows: [UnreadableImage] = []
    while nextUnreadable < unreadable.count, unreadable[nextUnreadable].index == index {
      rows.append(unreadable[nextUnreadable])
      nextUnreadable += 1
      index += 1
    }
    return showsUnreadable ? rows : []
  }

  /// The index of the next image that was decoded.
  mutating func nextImage() -> Int {
    defer { index += 1 }
    return index
  }
}
