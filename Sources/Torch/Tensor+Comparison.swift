private let equalTensor = Operator("aten::eq", "Tensor")
private let equalScalar = Operator("aten::eq", "Scalar")
private let notEqualScalar = Operator("aten::ne", "Scalar")
private let lessTensor = Operator("aten::lt", "Tensor")
private let lessScalar = Operator("aten::lt", "Scalar")
private let greaterScalar = Operator("aten::gt", "Scalar")
private let greaterTensor = Operator("aten::gt", "Tensor")
private let greaterEqualScalar = Operator("aten::ge", "Scalar")
private let greaterEqualTensor = Operator("aten::ge", "Tensor")
private let finite = Operator("aten::isfinite")
private let logicalAnd = Operator("aten::logical_and")
private let logicalOr = Operator("aten::logical_or")
private let logicalNot = Operator("aten::logical_not")
private let allOperator = Operator("aten::all")
private let anyOperator = Operator("aten::any")

/// Element-wise tests with Boolean results.
extension Tensor {
  /// Where the elements are equal.
  public func equals(_ other: Tensor) throws -> Tensor { try equalTensor(.tensor(self), .tensor(other)) }
  /// Where the elements equal an integer.
  public func equals(_ other: Int) throws -> Tensor { try equalScalar(.tensor(self), .int(other)) }
  /// Where the elements differ from an integer.
  public func differs(from other: Int) throws -> Tensor { try notEqualScalar(.tensor(self), .int(other)) }
  /// Where the elements are smaller.
  public func isLess(than other: Tensor) throws -> Tensor { try lessTensor(.tensor(self), .tensor(other)) }
  /// Where the elements are smaller than a number.
  public func isLess(than other: Double) throws -> Tensor { try lessScalar(.tensor(self), .double(other)) }
  /// Where the elements are larger.
  public func isGreater(than other: Tensor) throws -> Tensor { try greaterTensor(.tensor(self), .tensor(other)) }
  /// Where the elements are larger than a number.
  public func isGreater(than other: Double) throws -> Tensor { try greaterScalar(.tensor(self), .double(other)) }
  /// Where the elements are at least a number.
  public func isAtLeast(_ other: Double) throws -> Tensor { try greaterEqualScalar(.tensor(self), .double(other)) }
  /// Where the elements are at least those of another tensor.
  public func isAtLeast(_ other: Tensor) throws -> Tensor { try greaterEqualTensor(.tensor(self), .tensor(other)) }
  /// Where the elements are neither infinite nor not-a-number.
  public func isFinite() throws -> Tensor { try finite(.tensor(self)) }
  /// Logical and.
  public func and(_ other: Tensor) throws -> Tensor { try logicalAnd(.tensor(self), .tensor(other)) }
  /// Logical or.
  public func or(_ other: Tensor) throws -> Tensor { try logicalOr(.tensor(self), .tensor(other)) }
  /// Logical not.
  public func not() throws -> Tensor { try logicalNot(.tensor(self)) }
  /// Whether all elements are true, as a tensor without axes.
  public func all() throws -> Tensor { try allOperator(.tensor(self)) }
  /// Whether any element is true, as a tensor without axes.
  public func any() throws -> Tensor { try anyOperator(.tensor(self)) }
}
