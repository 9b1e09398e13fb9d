private let sumAll = Operator("aten::sum")
private let sumAxes = Operator("aten::sum", "dim_IntList")
private let meanAll = Operator("aten::mean")
private let meanAxes = Operator("aten::mean", "dim")
private let largest = Operator("aten::amax")
private let smallest = Operator("aten::amin")
private let argumentOfLargest = Operator("aten::argmax")
private let logSumExponentials = Operator("aten::logsumexp")
private let cumulative = Operator("aten::cumsum")
private let norm = Operator("aten::linalg_vector_norm")
private let topOperator = Operator("aten::topk")
private let sortOperator = Operator("aten::sort", "stable")
private let binCount = Operator("aten::bincount")

/// Reductions; axes count from 0, negative ones from the end.
extension Tensor {
  /// The sum of all elements.
  public func sum() throws -> Tensor { try sumAll(.tensor(self)) }
  /// Sums over axes.
  public func sum(alongAxes axes: [Int], keepingAxes: Bool = false) throws -> Tensor {
    try sumAxes(.tensor(self), .ints(axes), .bool(keepingAxes))
  }
  /// The mean of all elements.
  public func mean() throws -> Tensor { try meanAll(.tensor(self)) }
  /// Means over axes.
  public func mean(alongAxes axes: [Int], keepingAxes: Bool = false) throws -> Tensor {
    try meanAxes(.tensor(self), .ints(axes), .bool(keepingAxes))
  }
  /// The largest elements along axes.
  public func max(alongAxes axes: [Int], keepingAxes: Bool = false) throws -> Tensor {
    try largest(.tensor(self), .ints(axes), .bool(keepingAxes))
  }
  /// The smallest elements along axes.
  public func min(alongAxes axes: [Int], keepingAxes: Bool = false) throws -> Tensor {
    try smallest(.tensor(self), .ints(axes), .bool(keepingAxes))
  }
  /// The index of the largest element along an axis; of equal ones the first on the CPU, any on a GPU.
  public func indexOfMax(alongAxis axis: Int) throws -> Tensor { try argumentOfLargest(.tensor(self), .int(axis)) }
  /// `log(sum(exp(x)))` along axes without overflow.
  public func logSumExp(alongAxes axes: [Int], keepingAxes: Bool = false) throws -> Tensor {
    try logSumExponentials(.tensor(self), .ints(axes), .bool(keepingAxes))
  }
  /// Cumulative sums along an axis.
  public func cumulativeSum(alongAxis axis: Int) throws -> Tensor { try cumulative(.tensor(self), .int(axis)) }
  /// Euclidean lengths along axes.
  public func euclideanNorm(alongAxes axes: [Int], keepingAxes: Bool = false) throws -> Tensor {
    try norm(.tensor(self), .double(2), .ints(axes), .bool(keepingAxes))
  }
  /// The `count` largest elements along an axis, largest first, and their indices.
  public func top(_ count: Int, alongAxis axis: Int = -1) throws -> (values: Tensor, indices: Tensor) {
    try pair(topOperator.results([.tensor(self), .int(count), .int(axis)]), of: topOperator)
  }
  /// The sorted elements along an axis and their indices; equal elements keep their order.
  public func sorted(alongAxis axis: Int = -1, descending: Bool = false) throws -> (values: Tensor, indices: Tensor) {
    try pair(sortOperator.results([.tensor(self), .bool(true), .int(axis), .bool(descending)]), of: sortOperator)
  }
  /// How often each integer from 0 occurs, for at least `minimumCount` integers.
  public func occurrences(minimumCount: Int) throws -> Tensor { try binCount(.tensor(self), .none, .int(minimumCount)) }
}

func pair(_ results: [Tensor?], of operation: Operator) throws -> (Tensor, Tensor) {
  guard results.count == 2, let first = results[0], let second = results[1] else {
    throw TorchError.operation(name: operation.name, arguments: "", reason: "did not return two tensors")
  }
  return (first, second)
}
