import NeuralNetworks
import Torch

/// The bilevel step of Balanced Meta-Softmax: a virtual SGD step of the classifier, then the meta loss after it.
///
/// The virtual step uses a batch drawn with the learned sampling probabilities; each sample's loss is multiplied by a
/// weight `c[b]`, 1 by default. The meta loss is the cross-entropy of the updated classifier on a class-balanced meta
/// batch. A learned sampler is trained with the gradient of the meta loss with respect to `c`.
/// - Source: Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020, algorithm 1.
public struct MetaStep {
  /// The results of a meta step.
  public struct Result {
    /// The loss of each drawn sample before the step, `[batch]`, without gradients.
    public let innerLosses: Tensor
    /// The classifier's parameters after the virtual step.
    public let parameters: [Tensor]
    /// The mean cross-entropy of the updated classifier on the meta batch, without axes.
    public let metaLoss: Tensor
    /// The gradient of the meta loss with respect to each drawn sample's weight, `[batch]`.
    public let drawGradients: Tensor
  }

  /// The inputs of a classifier with their labels.
  public struct Samples {
    /// `[batch, features]`, without gradients.
    public let features: Tensor
    /// int64 `[batch]`.
    public let labels: Tensor

    /// Pairs features and labels.
    public init(features: Tensor, labels: Tensor) {
      self.features = features
      self.labels = labels
    }
  }

  /// The loss of the drawn batch.
  public let objective: any RowObjective
  /// The virtual SGD step.
  public let step: VirtualSGDStep

  /// Makes a meta step.
  public init(_ objective: any RowObjective, step: VirtualSGDStep) {
    self.objective = objective
    self.step = step
  }

  /// The closed form for a linear classifier: two first-order gradients, and the inner product of each sample's
  /// gradient with the meta gradient, `dL / dc[b] = -(learningRate / batch) <g_meta, g_b>`. Weight decay and momentum
  /// change the updated classifier, but not its derivative with respect to `c`.
  /// - Parameters:
  ///   - weight: `[classes, features]`.
  ///   - bias: `[classes]`, or nil.
  ///   - velocities: the optimiser's momentum buffers of weight and bias; nil before its first step.
  ///   - drawn: the drawn batch.
  ///   - meta: the meta batch.
  ///   - weights: the weights `c` of the drawn samples, `[batch]`; 1 if nil.
  public func linear(
    weight: Tensor, bias: Tensor?, velocities: [Tensor]? = nil, drawn: Samples, meta: Samples, weights: Tensor? = nil
  ) throws -> Result {
    let before = try ([weight] + (bias.map { [$0] } ?? [])).map { try $0.detached() }
    let inner = try rowGradients(before, drawn) { logits, labels in
      try objective.rows(objective.adjusted(logits, labels: labels), labels: labels)
    }
    let innerGradients = try withoutGradients {
      let weighted = try weights.map { try inner.gradients * $0.detached().expandingAxis(1) } ?? inner.gradients
      return try LinearGradients.sums(weighted, drawn.features).map {
        try $0 * (1 / Double(drawn.labels.elementCount))
      }
    }
    let after = try withoutGradients {
      try step(before, gradients: Array(innerGradients.prefix(before.count)), velocities: velocities)
    }
    let outer = try rowGradients(after, meta) { try $0.crossEntropy($1, reduction: .none) }
    return try withoutGradients {
      let count = 1 / Double(meta.labels.elementCount)
      let metaGradients = try LinearGradients.sums(outer.gradients, meta.features).map { try $0 * count }
      // <g_meta, g_b> without the gradient matrix of each sample.
      let projected = try drawn.features.linear(weight: metaGradients[0], bias: bias == nil ? nil : metaGradients[1])
      let products = try (inner.gradients * projected).sum(alongAxes: [1])
      return Result(
        innerLosses: inner.losses, parameters: after, metaLoss: try outer.losses.mean(),
        drawGradients: try products * step.learningRate * (-1 / Double(drawn.labels.elementCount)))
    }
  }

  /// The general form for any head: backpropagation through the virtual step.
  /// - Parameters:
  ///   - head: the classifier.
  ///   - velocities: the optimiser's momentum buffers, in the order of the head's parameters; nil before its first
  ///     step.
  ///   - drawn: the drawn batch.
  ///   - meta: the meta batch.
  ///   - weights: the weights `c` of the drawn samples, `[batch]`; 1 if nil.
  public func differentiating(
    _ head: some FunctionalLayer, velocities: [Tensor]? = nil, drawn: Samples, meta: Samples, weights: Tensor? = nil
  ) throws -> Result {
    try withGradients(true) {
      let before = try head.parameters.map { try $0.tensor.detached().requiringGradient() }
      let logits = try head.applied(to: drawn.features, parameters: before)
      let rows = try objective.rows(objective.adjusted(logits, labels: drawn.labels), labels: drawn.labels)
      let weights = try (weights?.detached() ?? rows.detached().onesLike()).requiringGradient()
      let innerGradients = try gradients(
        of: [(rows * weights).mean()], withRespectTo: before, createGraph: true, allowUnused: true)
      let filled = try zip(innerGradients, before).map { gradient, parameter in try gradient ?? parameter.zerosLike() }
      let after = try step(before, gradients: filled, velocities: velocities)
      let metaLoss = try head.applied(to: meta.features, parameters: after).crossEntropy(meta.labels)
      let found = try gradients(of: [metaLoss], withRespectTo: [weights], allowUnused: true)[0]
      return Result(
        innerLosses: try rows.detached(), parameters: try after.map { try $0.detached() },
        metaLoss: try metaLoss.detached(), drawGradients: try found ?? weights.detached().zerosLike())
    }
  }

  /// The loss of each row, and its gradient with respect to the row's logits.
  private func rowGradients(
    _ parameters: [Tensor], _ samples: Samples, _ loss: (_ logits: Tensor, _ labels: Tensor) throws -> Tensor
  ) throws -> (losses: Tensor, gradients: Tensor) {
    let logits = try withoutGradients {
      try samples.features.linear(weight: parameters[0], bias: parameters.count > 1 ? parameters[1] : nil)
    }
    return try withGradients(true) {
      let leaf = try logits.detached().requiringGradient()
      let rows = try loss(leaf, samples.labels)
      guard let found = try gradients(of: [rows.sum()], withRespectTo: [leaf])[0] else {
        throw EmptyObjective()
      }
      return (try rows.detached(), found)
    }
  }
}

/// Gradients of a linear layer's weight and bias.
private enum LinearGradients {
  /// Sums over the batch, from the gradients with respect to the logits, `[batch, classes]`.
  static func sums(_ gradients: Tensor, _ features: Tensor) throws -> [Tensor] {
    [try gradients.transposed(0, 1).matrixProduct(features), try gradients.sum(alongAxes: [0])]
  }
}
