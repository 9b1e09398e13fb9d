private let indexSelectOperator = Operator("aten::index_select")
private let gatherOperator = Operator("aten::gather")
private let indexOperator = Operator("aten::index", "Tensor")
private let oneHotOperator = Operator("aten::one_hot")
private let indexAddOperator = Operator("aten::index_add_")
private let scatterAddOperator = Operator("aten::scatter_add_")

/// Indexing by tensors.
extension Tensor {
  /// The entries of an axis at a one-dimensional tensor of indices.
  public func entries(at indices: Tensor, axis: Int = 0) throws -> Tensor {
    try indexSelectOperator(.tensor(self), .int(axis), .tensor(indices))
  }
  /// `result[i][j] = self[i][index[i][j]]` for `axis` 1, and likewise for other axes.
  public func gathered(axis: Int, index: Tensor) throws -> Tensor {
    try gatherOperator(.tensor(self), .int(axis), .tensor(index))
  }
  /// The elements at broadcast index tensors of the leading axes; nil selects a whole axis.
  public func elements(at indices: [Tensor?]) throws -> Tensor {
    try indexOperator(.tensor(self), .optionalTensors(indices))
  }
  /// A last axis with 1 at each label and 0 elsewhere, as integers.
  public func oneHot(classes: Int) throws -> Tensor { try oneHotOperator(.tensor(self), .int(classes)) }
  /// Adds the entries of `source` to the entries of an axis at `index`, in place; repeated indices add up.
  public func addEntries(_ source: Tensor, at index: Tensor, axis: Int = 0) throws {
    try indexAddOperator.perform([.tensor(self), .int(axis), .tensor(index), .tensor(source)])
  }
  /// Adds the elements of `source` at `index` along an axis, in place; repeated indices add up.
  public func addScattered(_ source: Tensor, at index: Tensor, axis: Int) throws {
    try scatterAddOperator.perform([.tensor(self), .int(axis), .tensor(index), .tensor(source)])
  }
}
