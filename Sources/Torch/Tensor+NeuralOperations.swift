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

/// How a loss over rows is reduced. Raw values are those of LibTorch.
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
  /// - Parameter threshold: above it the result is `x`; at 20 the error is 2e-9, at 50 it is 0.
  public func softplus(linearAbove threshold: Double = 20) throws -> Tensor {
    try softplusOperator(.tensor(self), .double(1), .double(threshold))
  }
  /// The softmax along an axis.
  public func softmax(alongAxis axis: Int = -1) throws -> Tensor { try softmaxOperator(.tensor(self), .int(axis)) }
  /// The logarithm of the softmax along an axis.
  public func logSoftmax(alongAxis axis: Int = -1) throws -> Tensor {
    try logSoftmaxOperator(.tensor(self), .int(axis))
  }
  /// Softmax cross-entropy of logits `[batch, classes]` with int64 labels `[batch]`.
  /// - Parameters:
  ///   - labels: the target classes.
  ///   - weights: class weights, float32 `[classes]`.
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
  /// Average pooling over `size` x `size` pixels.
  public func averagePooled(size: Int, stride: Int? = nil, padding: Int = 0) throws -> Tensor {
    let step = stride ?? size
    return try averagePool([.tensor(self), .ints([size, size]), .ints([step, step]), .ints([padding, padding])])
  }
  /// Adaptive average pooling to `size` x `size` pixels.
  public func adaptiveAveragePooled(to size: Int) throws -> Tensor {
    try adaptiveAveragePool(.tensor(self), .ints([size, size]))
  }
  /// Max pooling over `size` x `size` pixels.
  public func maxPooled(size: Int, stride: Int, padding: Int = 0) throws -> Tensor {
    try maxPool([.tensor(self), .ints([size, size]), .ints([stride, stride]), .ints([padding, padding])])
  }
  /// The vectors along an axis normalised to Euclidean length 1, `x / max(|x|, epsilon)`.
  public func normalized(alongAxis axis: Int = -1, epsilon: Double = 1e-12) throws -> Tensor {
    try self / euclideanNorm(alongAxes: [axis], keepingAxes: true).clamped(from: epsilon, to: nil)
  }
}
