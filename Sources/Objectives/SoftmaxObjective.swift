import Torch

/// A row objective whose rows are the softmax cross-entropy of the adjusted logits.
public protocol SoftmaxObjective: RowObjective {
  /// The share of the target that is spread evenly over all classes.
  var labelSmoothing: Double { get }
  /// The adjustment of the logits as offset, margin and scale, for the fused kernel; nil if it is of another form.
  /// Class weights and label smoothing are not part of it.
  func lossForm(for logits: Tensor) throws -> SoftmaxLossForm?
}

extension SoftmaxObjective {
  /// None: the fused kernel is not used.
  public func lossForm(for logits: Tensor) throws -> SoftmaxLossForm? { nil }

  /// The fused kernel, where `lossForm` describes the adjustment.
  public func fusedRows(_ logits: Tensor, labels: Tensor, areWeighted: Bool) throws -> Tensor? {
    guard FusedKernels.launcher(for: .softmaxLoss, on: logits.device) != nil, var form = try lossForm(for: logits)
    else { return nil }
    form.weights = areWeighted ? try averaging.weights?.tensor(like: logits) : nil
    form.labelSmoothing = labelSmoothing
    return try logits.fusedSoftmaxLosses(labels, form: form)
  }

  /// No smoothing.
  public var labelSmoothing: Double { 0 }

  /// The cross-entropy of each row.
  public func rows(_ adjusted: Tensor, labels: Tensor) throws -> Tensor {
    try adjusted.crossEntropy(labels, reduction: .none, labelSmoothing: labelSmoothing)
  }

  /// LibTorch's cross-entropy. With label smoothing it would apply class weights to each class of the smoothed target
  /// instead of to the row, so rows are then weighted here.
  public func sum(_ adjusted: Tensor, labels: Tensor) throws -> Tensor {
    if labelSmoothing > 0, let weights = averaging.weights {
      return try (rows(adjusted, labels: labels) * weights.tensor(like: adjusted).entries(at: labels)).sum()
    }
    return try adjusted.crossEntropy(
      labels, weights: averaging.weights?.tensor(like: adjusted), reduction: .sum, labelSmoothing: labelSmoothing)
  }
}
