/// The parameters of a softmax loss: cross-entropy of the adjusted logits
/// `z[j] * scale + offset[j] - (j == y ? margin[y] : 0)` for the label `y`.
///
/// Cross-entropy, Balanced Softmax, logit adjustment and LDAM are of this form.
public struct SoftmaxLossForm: Sendable {
  /// Added to the logit of each class, float32 `[classes]`; minus infinity excludes a class.
  public var offset: Tensor?
  /// Subtracted from the target's logit, by class, float32 `[classes]`.
  public var margin: Tensor?
  /// Class weights, by which rows are multiplied, float32 `[classes]`.
  public var weights: Tensor?
  /// The factor of the logits.
  public var scale = 1.0
  /// The share of the target that is spread evenly over all classes.
  public var labelSmoothing = 0.0

  /// Makes a form; by default that of cross-entropy.
  public init(
    offset: Tensor? = nil, margin: Tensor? = nil, weights: Tensor? = nil, scale: Double = 1, labelSmoothing: Double = 0
  ) {
    self.offset = offset
    self.margin = margin
    self.weights = weights
    self.scale = scale
    self.labelSmoothing = labelSmoothing
  }
}

extension Tensor {
  /// The softmax loss of each row.
  ///
  /// Computed by LibTorch's operations, or by one kernel where `FusedKernels` enables it.
  /// - Shapes: `[batch, classes]` and int64 labels `[batch]` to `[batch]`, float64 for float64 logits, else float32.
  public func softmaxLosses(_ labels: Tensor, form: SoftmaxLossForm) throws -> Tensor {
    try fusedSoftmaxLosses(labels, form: form) ?? plainSoftmaxLosses(labels, form: form)
  }

  /// The softmax loss of each row from the fused kernel; nil if it is not enabled or does not accept the logits.
  public func fusedSoftmaxLosses(_ labels: Tensor, form: SoftmaxLossForm) throws -> Tensor? {
    guard let launcher = FusedKernels.launcher(for: .softmaxLoss, on: device) else { return nil }
    return try FusedSoftmaxLoss(form, launcher)(self, labels: labels)
  }

  func plainSoftmaxLosses(_ labels: Tensor, form: SoftmaxLossForm) throws -> Tensor {
    var logits = dtype == .float64 ? self : try to(.float32)
    if form.scale != 1 { logits = try logits * form.scale }
    if let offset = form.offset {
      // An offset added to large logits would be rounded away.
      logits = try (logits - logits.detached().max(alongAxes: [1], keepingAxes: true)) + offset.to(logits.dtype)
    }
    if let margin = form.margin {
      logits = try logits - labels.oneHot(classes: logits.shape[1]).to(logits.dtype) * margin.to(logits.dtype)
    }
    let rows = try logits.crossEntropy(labels, reduction: .none, labelSmoothing: form.labelSmoothing)
    return try form.weights.map { try rows * $0.to(rows.dtype).entries(at: labels) } ?? rows
  }
}
