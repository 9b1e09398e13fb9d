import NeuralNetworks
import Torch

/// How a batch that was drawn by learned rates would change a classifier, and what that would mean for a balanced batch.
///
/// The classifier takes one virtual step on the drawn batch, each sample's loss times a weight `c[b]`, of value 1 unless told; the meta loss is the plain
/// cross-entropy of the stepped classifier on the meta batch. The gradient of the meta loss by `c` is what a learned sampler follows.
/// - Source: Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020, algorithm 1.
public struct MetaStep {
  /// What the step gives.
  public struct Result {
    /// The loss of each drawn sample before the step, `[batch]`, without gradients.
    public let innerLosses: Tensor
    /// The classifier's parameters after the virtual step.
    public let parameters: [Tensor]
    /// The mean cross-entropy of the stepped classifier on the meta batch, without axes.
    public let metaLoss: Tensor
    /// The gradient of the meta loss by each drawn sample's weight, `[batch]`.
    public let drawGradients: Tensor
  }

  /// Features with their labels, as a classifier sees them.
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
  /// The virtual step.
  public let step: VirtualSGDStep

  /// Makes a meta step.
  public init(_ objective: any RowObjective, step: VirtualSGDStep) {
    self.objective = objective
    self.step = step
  }

  /// The closed form for a linear classifier: two ordinary gradients and the inner products of each sample's gradient with the meta
  /// gradient, `dL / dc[b] = -(learningRate / batch) <g_meta, g_b>`. Weight decay and momentum move the stepped classifier, but not its
  /// slope by `c`.
  /// - Parameters:
  ///   - weight: `[classes, features]`.
  ///   - bias: `[classes]`, or nil.
  ///   - velocities: those of the real optimiser, of weight and bias; nil where it has none yet.
  ///   - drawn: the drawn batch.
  ///   - meta: the meta batch.
  ///   - weights: the weights of the drawn samples, `[batch]`; 1 if nil.
  public func linear(
    weight: Tensor, bias: Tensor?, velocities: [Tensor]? = nil, drawn: Samples, meta: Samples, weights: Tensor? = nil
  ) throws -> Result {
    let before = try ([weight] + (bias.map { [$0] } ?? [])).map { try $0.detached() }
    let inner = try rowGradients(before, drawn) { logits, labels in
      try objective.rows(objective.adjusted(logits, labels: labels), labels: labels)
    }
    let slopes = try withoutGradients {
      let own = try weights.map { try inner.gradients * $0.detached().expandingAxis(1) } ?? inner.gradients
      return try LinearGradients.sums(own, drawn.features).map { try $0 * (1 / Double(drawn.labels.elementCount)) }
    }
    let after = try withoutGradients {
      try step(before, gradients: Array(slopes.prefix(before.count)), velocities: velocities)
    }
    let outer = try rowGradients(after, meta) { try $0.crossEntropy($1, reduction: .none) }
    return try withoutGradients {
      let count = 1 / Double(meta.labels.elementCount)
      let metaSlopes = try LinearGradients.sums(outer.gradients, meta.features).map { try $0 * count }
      let along = try drawn.features.linear(weight: metaSlopes[0], bias: bias == nil ? nil : metaSlopes[1])
      let products = try (inner.gradients * along).sum(alongAxes: [1])
      return Result(
        innerLosses: inner.losses, parameters: after, metaLoss: try outer.losses.mean(),
        drawGradients: try products * step.learningRate * (-1 / Double(drawn.labels.elementCount)))
    }
  }

  /// Any head, by differentiating through the virtual step.
  /// - Parameters:
  ///   - head: the classifier.
  ///   - velocities: those of the real optimiser, in the order of the head's parameters; nil where it has none yet.
  ///   - drawn: the drawn batch.
  ///   - meta: the meta batch.
  ///   - weights: the weights of the drawn samples, `[batch]`; 1 if nil.
  public func differentiating(
    _ head: some FunctionalLayer, velocities: [Tensor]? = nil, drawn: Samples, meta: Samples, weights: Tensor? = nil
  ) throws -> Result {
    try withGradients(true) {
      let before = try head.parameters.map { try $0.tensor.detached().requiringGradient() }
      let logits = try head.applied(to: drawn.features, parameters: before)
      let rows = try objective.rows(objective.adjusted(logits, labels: drawn.labels), labels: drawn.labels)
      let weights = try (weights?.detached() ?? rows.detached().onesLike()).requiringGradient()
      let slopes = try gradients(
        of: [(rows * weights).mean()], withRespectTo: before, createGraph: true, allowUnused: true)
      let filled = try zip(slopes, before).map { slope, parameter in try slope ?? parameter.zerosLike() }
      let after = try step(before, gradients: filled, velocities: velocities)
      let metaLoss = try head.applied(to: meta.features, parameters: after).crossEntropy(meta.labels)
      let found = try gradients(of: [metaLoss], withRespectTo: [weights], allowUnused: true)[0]
      return Result(
        innerLosses: try rows.detached(), parameters: try after.map { try $0.detached() },
        metaLoss: try metaLoss.detached(), drawGradients: try found ?? weights.detached().zerosLike())
    }
  }

  /// Losses of rows, and the gradient of each row's loss by its logits.
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
  /// Sums over the batch, from the gradients of the logits `[batch, classes]`.
  static func sums(_ logits: Tensor, _ features: Tensor) throws -> [Tensor] {
    [try logits.transposed(0, 1).matrixProduct(features), try logits.sum(alongAxes: [0])]
  }
}
