/// The form of a softmax loss: cross-entropy of the scores `z[j] * scale + offset[j] - (j == y ? margin[y] : 0)` for the label `y`.
///
/// Cross-entropy, Balanced Softmax, logit adjustment and LDAM are of this form.
public struct SoftmaxLossForm: Sendable {
  /// What is added to each class's score, float32 `[classes]`; minus infinity excludes a class.
  public var offset: Tensor?
  /// What the right class's score is lowered by, float32 `[classes]`.
  public var margin: Tensor?
  /// The factor of each class's rows, float32 `[classes]`.
  public var weights: Tensor?
  /// The factor of the logits.
  public var scale = 1.0
  /// The share of the target that is spread evenly over all classes.
  public var labelSmoothing = 0.0

  /// Plain cross-entropy, but for what is named.
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
  /// Softmax losses of a form, one a row.
  ///
  /// Made of the engine's operations, or of one kernel where `FusedKernels` has it enabled.
  /// - Shapes: `[batch, classes]` and int64 labels `[batch]` to `[batch]`, float64 for float64 logits, else float32.
  public func softmaxLosses(_ labels: Tensor, form: SoftmaxLossForm) throws -> Tensor {
    try fusedSoftmaxLosses(labels, form: form) ?? plainSoftmaxLosses(labels, form: form)
  }

  /// The same from one kernel, or nil where the kernel is not enabled or cannot take the logits.
  public func fusedSoftmaxLosses(_ labels: Tensor, form: SoftmaxLossForm) throws -> Tensor? {
    guard let launcher = FusedKernels.launcher(for: .softmaxLoss, on: device) else { return nil }
    return try FusedSoftmaxLoss(form, launcher)(self, labels: labels)
  }

  func plainSoftmaxLosses(_ labels: Tensor, form: SoftmaxLossForm) throws -> Tensor {
    var scores = dtype == .float64 ? self : try to(.float32)
    if form.scale != 1 { scores = try scores * form.scale }
    if let offset = form.offset {
      // Adding to large numbers would lose it.
      scores = try (scores - scores.detached().max(alongAxes: [1], keepingAxes: true)) + offset.to(scores.dtype)
    }
    if let margin = form.margin {
      scores = try scores - labels.oneHot(classes: scores.shape[1]).to(scores.dtype) * margin.to(scores.dtype)
    }
    let rows = try scores.crossEntropy(labels, reduction: .none, labelSmoothing: form.labelSmoothing)
    return try form.weights.map { try rows * $0.to(rows.dtype).entries(at: labels) } ?? rows
  }
}
