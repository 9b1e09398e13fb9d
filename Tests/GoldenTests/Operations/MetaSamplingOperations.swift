import DataLoading
import LongtailTestSupport
import NeuralNetworks
import Objectives
import Testing
import Torch

/// The learned sampler of Balanced Meta-Softmax.
let metaSamplingOperations: [GoldenOperation] = [
  GoldenOperation("sampler_init", book: "balanced-meta-softmax") { inputs in
    let start = try MetaSamplerInitialization(counts: inputs.integers("class_counts"), power: inputs.number("power"))
    return start.probabilityOutputs.merging([
      "psi": .numbers(start.scores), "class_score": .numbers(start.classLogits),
    ]) { $1 }
  },
  GoldenOperation("meta_step", book: "balanced-meta-softmax") { inputs in
    let given = try MetaCase(inputs)
    let draw = try given.draw()
    let result = try given.result(of: draw)
    let gradient = try draw.gradient(scores: given.scores, drawGradients: result.drawGradients)
    return [
      "indices": .integers(try draw.indices.integers()), "soft_selected": try GoldenOutput(draw.shares),
      "inner_losses": try GoldenOutput(result.innerLosses), "inner_loss": try GoldenOutput(result.innerLosses.mean()),
      "W_after": try GoldenOutput(result.parameters[0]), "b_after": try GoldenOutput(result.parameters[1]),
      "meta_loss": try GoldenOutput(result.metaLoss), "grad_psi": try GoldenOutput(gradient),
      "psi_after_adam_lr_0.01": try GoldenOutput(given.scores(after: gradient)),
    ].merging(try MetaSamplerInitialization(counts: given.counts, scores: given.scores.doubles()).probabilityOutputs) {
      $1
    }
  },
  GoldenOperation("meta_reweight", book: "balanced-meta-softmax") { inputs in
    let (scores, labels) = (try inputs.tensor("psi"), try inputs.labelTensor("labels"))
    let losses = try inputs.tensor("losses")
    let weights = try MetaReweighter.weights(scores: scores, labels: labels)
    return try ["weights": GoldenOutput(weights), "weighted_losses": GoldenOutput(weights * losses)]
  },
]

extension MetaSamplerInitialization {
  fileprivate var probabilityOutputs: [String: GoldenOutput] {
    [
      "instance_probability_per_class": .numbers(imageProbabilities), "class_probability": .numbers(classProbabilities),
    ]
  }
}

/// A case of a meta step.
private struct MetaCase {
  let counts: [Int]
  let scores: Tensor
  private let labels: Tensor
  private let features: Tensor
  private let noise: Tensor
  private let meta: MetaStep.Samples
  private let head: [Tensor]
  private let velocities: [Tensor]?
  private let step: VirtualSGDStep

  init(_ inputs: GoldenInputs) throws {
    counts = try inputs.integers("class_counts")
    scores = try inputs.tensor("psi")
    labels = try inputs.labelTensor("labels")
    features = try inputs.tensor("features")
    noise = try inputs.tensor("gumbel")
    meta = MetaStep.Samples(
      features: try inputs.tensor("meta_features"), labels: try inputs.labelTensor("meta_labels"))
    head = [try inputs.tensor("W"), try inputs.tensor("b")]
    let stored = [try inputs.tensor("momentum_W"), try inputs.tensor("momentum_b")]
    velocities = stored[0].elementCount > 0 ? stored : nil
    step = VirtualSGDStep(
      learningRate: try inputs.tensor("inner_lr"), momentum: try inputs.number("momentum"),
      weightDecay: try inputs.number("weight_decay"))
  }

  /// Draws in passes of a few images, so that passes are joined too.
  func draw() throws -> MetaDraw {
    try MetaDraw.byImage(logProbabilities: scores.logSigmoid(), labels: labels, count: noise.shape[0], chunk: 4) {
      try noise.narrowed(axis: 1, start: $0, count: $1).transposed(0, 1)
    }
  }

  /// The closed form; the general one must agree with it.
  func result(of draw: MetaDraw) throws -> MetaStep.Result {
    let drawn = MetaStep.Samples(features: try features.entries(at: draw.indices), labels: draw.labels)
    let metaStep = MetaStep(try BalancedSoftmaxLoss(counts: counts), step: step)
    let closed = try metaStep.linear(
      weight: head[0], bias: head[1], velocities: velocities, drawn: drawn, meta: meta)
    let layer = try Linear(inputs: head[0].shape[1], outputs: head[0].shape[0], using: Initializer(seed: 0))
    try layer.useDouble(["weight": head[0], "bias": head[1]])
    let general = try metaStep.differentiating(layer, velocities: velocities, drawn: drawn, meta: meta)
    let pairs = [
      (closed.drawGradients, general.drawGradients), (closed.metaLoss, general.metaLoss),
      (closed.parameters[0], general.parameters[0]),
    ]
    for (left, right) in pairs {
      expectClose(try left.doubles(), try right.doubles(), relative: 1e-10, absolute: 1e-13)
    }
    return closed
  }

  /// The parameters after the first step of Adam.
  func scores(after gradient: Tensor) throws -> Tensor {
    let leaf = try scores.clone().requiringGradient()
    let optimizer = try AdamW([ParameterGroup([NamedTensor("psi", leaf)], weightDecay: 0)])
    try optimizer.update(learningRate: Tensor(scalar: 0.01), clipping: nil) { _ in try leaf.setGradient(gradient) }
    return try leaf.detached()
  }
}
