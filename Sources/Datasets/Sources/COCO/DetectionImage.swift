/// An image whose objects are marked.
public struct DetectionImage: Sendable, Hashable {
  /// The identifier that the file uses.
  public var id: RecordIdentifier
  /// The path relative to the folder of images; LVIS v1 gives it by the last two parts of `coco_url`.
  public var fileName: String
  /// Pixels.
  public var width: Int
  /// Pixels.
  public var height: Int
  /// Classes that are known not to be in the image, by index; LVIS only.
  public var negativeCategories: [Int]
  /// Classes of which not every instance is marked, by index; LVIS only.
  public var incompleteCategories: [Int]
}
