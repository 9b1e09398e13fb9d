import LongtailTestSupport
import NeuralNetworks
import Objectives
import Torch

/// Adaptive parametric activation: the curve, its gate, and the parts of its recipes.
let adaptiveParametricOperations: [GoldenOperation] = [
  GoldenOperation("apa", book: "apa") { inputs in
    let given = (x: try inputs.tensor("x"), upstream: try inputs.tensor("upstream"))
    let pair = (lambda: try inputs.tensor("lambda"), kappa: try inputs.tensor("kappa"))
    try AdaptiveParametricActivation.validate(lambda: pair.lambda.item())
    let gate = try CurveDerivatives(given.x, pair.lambda, pair.kappa) {
      try AdaptiveParametricActivation.gate($0, lambda: $1, kappa: $2)
    }
    let unit = try CurveDerivatives(given.x, pair.lambda, pair.kappa) {
      try AdaptiveParametricActivation.unit($0, lambda: $1, kappa: $2)
    }
    let published = try CurveDerivatives(given.x, pair.lambda, pair.kappa) {
      try AdaptiveParametricActivation.unit($0, lambda: $1, kappa: $2, lambdaGradient: .published)
    }
    let logarithm = try AdaptiveParametricActivation.logGate(given.x, lambda: pair.lambda, kappa: pair.kappa)
    return try gate.outputs("apa", upstream: given.upstream)
      .merging(unit.outputs("aglu", upstream: given.upstream)) { $1 }
      .merging([
        "log_apa": GoldenOutput(logarithm), "aglu_d_lambda_published_backward": GoldenOutput(published.elements[1]),
      ]) { $1 }
  },
  GoldenOperation("named_limits", book: "apa") { inputs in
    let x = try inputs.tensor("x")
    func gate(_ lambda: Double, _ kappa: Double) throws -> GoldenOutput {
      try GoldenOutput(
        AdaptiveParametricActivation.gate(x, lambda: Tensor(scalar: lambda), kappa: Tensor(scalar: kappa)))
    }
    let one = try Tensor(scalar: 1.0)
    return [
      "sigmoid": try gate(1, 1), "gumbel": try GoldenOutput((-((-x).exp())).exp()),
      "silu": try GoldenOutput(AdaptiveParametricActivation.unit(x, lambda: one, kappa: one)),
      "relu": try GoldenOutput(x.relu()), "constant_lambda0.7": try gate(0.7, 0),
    ]
  },
  GoldenOperation("lambda_floor", book: "apa") { inputs in
    var outputs: [String: GoldenOutput] = [:]
    for (name, rule) in [("gate", CurveParameters.Positivity.floor), ("unit", .shifted)] {
      let raw = try inputs.leaf("raw_lambda")
      let lambda = try rule.lambda(raw)
      outputs["\(name)_lambda"] = try GoldenOutput(lambda)
      let slopes = try gradients(of: [lambda.sum()], withRespectTo: [raw])[0]?.doubles() ?? []
      outputs["\(name)_dlambda_draw"] = .numbers(slopes)
    }
    return outputs
  },
  GoldenOperation("se_gate", book: "apa") { inputs in
    let x = try inputs.leaf("x")
    let reduction = try inputs.tensor("w_reduce")
    let weights = try inputs.tensor("loss_weights")
    let epsilon = try inputs.number("ln_eps")
    let names = [
      "ln_weight": "norm.weight", "ln_bias": "norm.bias", "w_reduce": "fc1.weight", "w_expand": "fc2.weight",
      "lambda": "gate.lambda_param", "kappa": "gate.kappa_param",
    ]
    let initializer = Initializer(seed: 0)
    let layer = try ChannelAttention(
      channels: reduction.shape[1], reduced: reduction.shape[0], pooling: .mean, normalizes: true, epsilon: epsilon,
      dropout: 0.1,
      gate: APAGate(using: initializer), using: initializer)
    try layer.useDouble(
      Dictionary(uniqueKeysWithValues: names.map { ($0.value, try inputs.tensor($0.key)) }))
    layer.setTraining(false)
    let output = try layer(x)
    let loss = try (output * weights).sum()
    let parameters = Dictionary(uniqueKeysWithValues: layer.allParameters.map { ($0.name, $0.tensor) })
    var leaves = names.compactMapValues { parameters[$0] }
    leaves["x"] = x
    return try [
      "output": GoldenOutput(output), "gate": GoldenOutput(layer.shares(x)), "loss": GoldenOutput(loss),
    ].merging(gradientOutputs(of: loss, leaves)) { $1 }
  },
  GoldenOperation("cosine_head", book: "apa") { inputs in
    let (features, weight) = (try inputs.leaf("features"), try inputs.leaf("weight"))
    let (scale, upstream) = (
      try inputs.leaf("scale"), try inputs.tensor("upstream")
    )
    let counts = try inputs.integers("class_counts")
    let logits = try NormalizedLinear.products(features, weight: weight, featureLength: .bounded) * scale
    return try [
      "logits": GoldenOutput(logits),
      "iif_rel_bias": .numbers(RelativeFrequencyCorrection.offsets(counts: counts)),
      "adjusted_logits": GoldenOutput(RelativeFrequencyCorrection.corrected(logits, counts: counts)),
    ].merging(gradientOutputs(of: logits * upstream, ["features": features, "weight": weight, "scale": scale])) { $1 }
  },
  GoldenOperation("gumbel_bce", book: "apa") { inputs in
    let (logits, targets) = (try inputs.leaf("logits"), try inputs.tensor("targets"))
    let limits = try inputs.numbers("clamp")
    guard limits.count == 2, limits[0] <= limits[1] else {
      throw GoldenInputError.type("clamp", expected: "two limits in order", got: "\(limits)")
    }
    let objective = GumbelCrossEntropy(limits: limits[0]...limits[1])
    let loss = try objective.elements(logits, targets: targets)
    let gradient = try gradients(of: [loss.sum()], withRespectTo: [logits], retainGraph: true)[0]
    return try [
      "probability": GoldenOutput(objective.probabilities(logits)), "loss": GoldenOutput(loss),
      "grad": gradient.map { try GoldenOutput($0) } ?? .null,
    ]
  },
]

/// A function of input, lambda and kappa at some points, with the derivatives of each element.
private struct CurveDerivatives {
  let values: Tensor
  /// By input, lambda and kappa, each in the shape of the input.
  let elements: [Tensor]
  private let x: Tensor

  init(
    _ x: Tensor, _ lambda: Tensor, _ kappa: Tensor, _ function: (Tensor, Tensor, Tensor) throws -> Tensor
  ) throws {
    self.x = x
    // Each element has parameters of its own, so that their gradients are not summed.
    let leaves = try [x, lambda.expanded(x.shape), kappa.expanded(x.shape)].map {
      try $0.clone().requiringGradient()
    }
    values = try function(leaves[0], leaves[1], leaves[2])
    elements = try gradients(of: [values.sum()], withRespectTo: leaves).compactMap { $0 }
    let shared = try [x, lambda, kappa].map { try $0.clone().requiringGradient() }
    sharedLeaves = shared
    sharedValues = try function(shared[0], shared[1], shared[2])
  }

  private let sharedLeaves: [Tensor]
  private let sharedValues: Tensor

  func outputs(_ name: String, upstream: Tensor) throws -> [String: GoldenOutput] {
    let chained = try gradients(of: [(sharedValues * upstream).sum()], withRespectTo: sharedLeaves)
    var result = [name: try GoldenOutput(values)]
    for (index, argument) in ["x", "lambda", "kappa"].enumerated() {
      result["\(name)_d_\(argument)"] = try GoldenOutput(elements[index])
      result["\(name)_grad_\(argument)"] = try chained[index].map { try GoldenOutput($0) } ?? .null
    }
    return result
  }
}
