private let copyOperator = Operator("aten::copy_")
private let addTensorInPlace = Operator("aten::add_", "Tensor")
private let addScalarInPlace = Operator("aten::add_", "Scalar")
private let subtractInPlace = Operator("aten::sub_", "Tensor")
private let multiplyScalarInPlace = Operator("aten::mul_", "Scalar")
private let multiplyTensorInPlace = Operator("aten::mul_", "Tensor")
private let reluInPlace = Operator("aten::relu_")
private let zeroInPlace = Operator("aten::zero_")
private let fillInPlace = Operator("aten::fill_", "Scalar")
private let interpolateInPlace = Operator("aten::lerp_", "Scalar")
private let indexCopyInPlace = Operator("aten::index_copy_")

/// In-place operations. On a leaf that requires a gradient they are allowed within `withoutGradients` alone.
extension Tensor {
  /// Overwrites the elements with those of `source`, converting type, device and memory format.
  public func copy(from source: Tensor) throws { try copyOperator.perform([.tensor(self), .tensor(source)]) }
  /// Adds `scale` times another tensor.
  public func add(_ other: Tensor, scale: Double = 1) throws {
    // Integer tensors accept no floating-point scale.
    try addTensorInPlace.perform([.tensor(self), .tensor(other), scale == 1 ? .int(1) : .double(scale)])
  }
  /// Adds an integer to each element.
  public func add(_ value: Int) throws { try addScalarInPlace.perform([.tensor(self), .int(value)]) }
  /// Subtracts another tensor.
  public func subtract(_ other: Tensor) throws { try subtractInPlace.perform([.tensor(self), .tensor(other)]) }
  /// Multiplies each element by a number.
  public func multiply(by factor: Double) throws {
    try multiplyScalarInPlace.perform([.tensor(self), .double(factor)])
  }
  /// Multiplies element by element.
  public func multiply(by other: Tensor) throws { try multiplyTensorInPlace.perform([.tensor(self), .tensor(other)]) }
  /// Sets negative elements to zero.
  public func rectify() throws { try reluInPlace.perform([.tensor(self)]) }
  /// Sets all elements to zero.
  public func setToZero() throws { try zeroInPlace.perform([.tensor(self)]) }
  /// Sets all elements to a number.
  public func fill(_ value: Double) throws { try fillInPlace.perform([.tensor(self), .double(value)]) }
  /// Moves each element towards `end` by a share `weight` of the distance.
  public func interpolate(towards end: Tensor, weight: Double) throws {
    try interpolateInPlace.perform([.tensor(self), .tensor(end), .double(weight)])
  }
  /// Overwrites the entries of an axis at `index`, each at most once, with those of `source`.
  public func copyEntries(from source: Tensor, at index: Tensor, axis: Int = 0) throws {
    try indexCopyInPlace.perform([.tensor(self), .int(axis), .tensor(index), .tensor(source)])
  }
}
