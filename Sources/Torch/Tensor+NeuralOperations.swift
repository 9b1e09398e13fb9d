private let convolution = Operator("aten::conv2d")
private let batchNormalization = Operator("aten::batch_norm")
private let linearOperator = Operator("aten::linear")
private let reluOperator = Operator("aten::relu")
private let sigmoidOperator = Operator("aten::sigmoid")
private let logSigmoidOperator = Operator("aten::log_sigmoid")
private let softplusOperator = Operator("aten::softplus")
private let softmaxOperator = Operator("aten::softmax", "int")
private let logSoftmaxOperator = Operator("aten::log_softmax", "int")
private let crossEntropyOperator = Operator("aten::cross_entropy_loss")
private let binaryCrossEntropyOperator = Operator("aten::binary_cross_entropy_with_logits")
private let averagePool = Operator("aten::avg_pool2d")
private let adaptiveAveragePool = Operator("aten::adaptive_avg_pool2d")
private let maxPool = Operator("aten::max_pool2d")

/// How a loss over several rows becomes one value. Raw values are the engine's own numbers.
public enum Reduction: Int, Sendable {
  /// One value per row.
  case none = 0
  /// The mean over rows.
  case mean = 1
  /// The sum over rows.
  case sum = 2
}

/// Operations of neural networks; images are `[batch, channels, height, width]`.
extension Tensor {
  /// Two-dimensional convolution with weights `[outputs, inputs / groups, height, width]`.
  public func convolved(
    with weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1
  ) throws -> Tensor {
    try convolution([
      .tensor(self), .tensor(weight), .tensor(bias), .ints([stride, stride]), .ints([padding, padding]),
      .ints([dilation, dilation]), .int(groups),
    ])
  }
  /// Batch normalisation. While training, statistics of the batch are used and the running ones are updated.
  public func batchNormalized(
    weight: Tensor?, bias: Tensor?, runningMean: Tensor?, runningVariance: Tensor?, isTraining: Bool, momentum: Double,
    epsilon: Double
  ) throws -> Tensor {
    try batchNormalization([
      .tensor(self), .tensor(weight), .tensor(bias), .tensor(runningMean), .tensor(runningVariance), .bool(isTraining),
      .double(momentum), .double(epsilon), .bool(true),
    ])
  }
  /// `x W^T + b` with weights `[outputs, inputs]`.
  public func linear(weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
    try linearOperator(.tensor(self), .tensor(weight), .tensor(bias))
  }
  /// `max(x, 0)`
  public func relu() throws -> Tensor { try reluOperator(.tensor(self)) }
  /// `1 / (1 + e^-x)`
  public func sigmoid() throws -> Tensor { try sigmoidOperator(.tensor(self)) }
  /// `log(sigmoid(x))` without underflow.
  public func logSigmoid() throws -> Tensor { try logSigmoidOperator(.tensor(self)) }
  /// `log(1 + e^x)` without overflow.
  /// - Parameter threshold: from where on the engine takes `x` itself; at 20 that is wrong by 2e-9, at 50 by nothing.
  public func softplus(linearAbove threshold: Double = 20) throws -> Tensor {
    try softplusOperator(.tensor(self), .double(1), .double(threshold))
  }
  /// Shares that sum to 1 along an axis.
  public func softmax(alongAxis axis: Int = -1) throws -> Tensor { try softmaxOperator(.tensor(self), .int(axis)) }
  /// Logarithms of the shares along an axis.
  public func logSoftmax(alongAxis axis: Int = -1) throws -> Tensor {
    try logSoftmaxOperator(.tensor(self), .int(axis))
  }
  /// Softmax cross-entropy of logits `[batch, classes]` with int64 labels `[batch]`.
  /// - Parameters:
  ///   - labels: the classes.
  ///   - weights: one factor per class, float32 `[classes]`.
  ///   - reduction: mean, sum, or one value per row.
  ///   - labelSmoothing: the share of the target spread evenly over all classes.
  public func crossEntropy(
    _ labels: Tensor, weights: Tensor? = nil, reduction: Reduction = .mean, labelSmoothing: Double = 0
  ) throws -> Tensor {
    try crossEntropyOperator([
      .tensor(self), .tensor(labels), .tensor(weights), .int(reduction.rawValue), .int(-100), .double(labelSmoothing),
    ])
  }
  /// Binary cross-entropy of logits with targets of the same shape in 0...1.
  public func binaryCrossEntropy(_ targets: Tensor, reduction: Reduction = .mean) throws -> Tensor {
    try binaryCrossEntropyOperator([.tensor(self), .tensor(targets), .none, .none, .int(reduction.rawValue)])
  }
  /// Means over squares of `size` pixels.
  public func averagePooled(size: Int, stride: Int? = nil, padding: Int = 0) throws -> Tensor {
    let step = stride ?? size
    return try averagePool([.tensor(self), .ints([size, size]), .ints([step, step]), .ints([padding, padding])])
  }
  /// Means over areas so that `size` by `size` pixels remain.
  public func adaptiveAveragePooled(to size: Int) throws -> Tensor {
    try adaptiveAveragePool(.tensor(self), .ints([size, size]))
  }
  /// Maxima over squares of `size` pixels.
  public func maxPooled(size: Int, stride: Int, padding: Int = 0) throws -> Tensor {
    try maxPool([.tensor(self), .ints([size, size]), .ints([stride, stride]), .ints([padding, padding])])
  }
  /// Rows scaled to Euclidean length 1 along an axis, `x / max(|x|, epsilon)`.
  public func normalized(alongAxis axis: Int = -1, epsilon: Double = 1e-12) throws -> Tensor {
    try self / euclideanNorm(alongAxes: [axis], keepingAxes: true).clamped(from: epsilon, to: nil)
  }
}
