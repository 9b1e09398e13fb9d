/// A marked object.
public struct DetectionInstance: Sendable, Hashable {
  /// The identifier that the file uses.
  public var id: RecordIdentifier
  /// The index of its image.
  public var image: Int
  /// The index of its class.
  public var category: Int
  /// Its box.
  public var box: DetectionBox
  /// Square pixels of the object itself, as the file states; that of the box where the file has none.
  public var area: Double
  /// Whether the box holds a crowd of objects that are not marked one by one.
  public var isCrowd: Bool
  /// Its outline.
  public var segmentation: Segmentation
}
