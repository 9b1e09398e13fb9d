/// Name, element type and shape of a tensor in a file, without its values.
public struct TensorLayout: Sendable, Hashable {
  /// The key of the tensor, such as `layer1.0.conv1.weight`.
  public var name: String
  /// The type of the elements.
  public var elementType: StoredElementType
  /// The lengths of the axes; empty for a single number.
  public var shape: [Int]

  /// A layout from its parts.
  public init(name: String, elementType: StoredElementType, shape: [Int]) {
    self.name = name
    self.elementType = elementType
    self.shape = shape
  }

  /// The number of elements; nil if a length is negative or the product does not fit.
  public var elementCount: Int? { product(of: shape) }

  /// The number of bytes, row after row; nil if a length is negative or the product does not fit.
  public var byteCount: Int? {
    guard let count = elementCount else { return nil }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: elementType.byteCount)
    return overflow ? nil : bytes
  }
}

/// The product of lengths of axes; nil if one is negative or the product does not fit.
///
/// A zero does not hide an overflow: the product of the other lengths must fit as well.
func product(of shape: [Int]) -> Int? {
  var total = 1
  for length in shape where length != 0 {
    guard length > 0 else { return nil }
    let (next, overflow) = total.multipliedReportingOverflow(by: length)
    guard !overflow else { return nil }
    total = next
  }
  return shape.contains(0) ? 0 : total
}
