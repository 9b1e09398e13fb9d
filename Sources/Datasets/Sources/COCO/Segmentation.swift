/// The outline of an object.
public enum Segmentation: Sendable, Hashable {
  /// None.
  case none
  /// Closed polygons, each as x, y, x, y, ... in pixels; an object that something covers in part has several.
  case polygons([[Double]])
  /// A mask; COCO uses it for crowds.
  case mask(RunLengthMask)
}
