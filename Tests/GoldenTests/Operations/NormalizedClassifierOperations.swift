import DataLoading
import LongtailTestSupport
import NeuralNetworks
import Objectives
import Torch
import VisionModels

/// Normalised classifiers, rules for trained heads, and calibrated class activation maps.
let normalizedClassifierOperations: [GoldenOperation] = [
  GoldenOperation("normalized_classifier", book: "camc-normalized-classifier") { inputs in
    let leaves = ["features": try inputs.leaf("features"), "weight": try inputs.leaf("weight")]
    let (scale, labels) = (try inputs.leaf("scale"), try inputs.labelTensor("targets"))
    let length = try inputs.choice("mode", ["both": NormalizedLinear.FeatureLength.unit, "weight": .kept])
    guard let features = leaves["features"], let weight = leaves["weight"] else { return [:] }
    let logits = try NormalizedLinear.products(features, weight: weight, featureLength: length) * scale
    let loss = try CrossEntropyLoss().loss(logits: logits, labels: labels)
    return try ["logits": GoldenOutput(logits), "loss": GoldenOutput(loss)]
      .merging(gradientOutputs(of: loss, leaves.merging(["scale": scale]) { $1 })) { $1 }
  },
  GoldenOperation("tau_normalization", book: "camc-normalized-classifier") { inputs in
    let (features, weight) = (try inputs.tensor("features"), try inputs.tensor("weight"))
    let (bias, tau) = (try inputs.tensor("bias"), try inputs.number("tau"))
    let rescaled = try ClassifierWeights.normalized(weight, tau: tau)
    return try [
      "weight_norms": GoldenOutput(ClassifierWeights.norms(weight)), "rescaled_weight": GoldenOutput(rescaled),
      "logits": GoldenOutput(features.linear(weight: rescaled)),
      "original_logits": GoldenOutput(features.linear(weight: weight, bias: bias)),
    ]
  },
  GoldenOperation("learnable_weight_scaling", book: "camc-normalized-classifier") { inputs in
    let (features, weight) = (try inputs.tensor("features"), try inputs.tensor("weight"))
    let (bias, labels) = (try inputs.tensor("bias"), try inputs.labelTensor("targets"))
    let scales = try inputs.leaf("scales")
    let layer = try ScaledLinear(inputs: weight.shape[1], outputs: weight.shape[0], using: Initializer(seed: 0))
    let logits = try layer.applied(to: features, parameters: [weight, bias, scales])
    let loss = try CrossEntropyLoss().loss(logits: logits, labels: labels)
    return try ["logits": GoldenOutput(logits), "loss": GoldenOutput(loss)]
      .merging(gradientOutputs(of: loss, ["scales": scales])) { $1 }
  },
  GoldenOperation("camc_project_definition", book: "camc-normalized-classifier") { inputs in
    let leaves = [
      "feature_map": try inputs.leaf("feature_map"), "prototypes": try inputs.leaf("prototypes"),
      "weight": try inputs.leaf("weight"),
    ]
    let labels = try inputs.labelTensor("targets")
    let (scale, strength) = (try inputs.number("scale"), try inputs.number("rho"))
    let (sharpness, temperature) = (try inputs.number("kappa"), try inputs.number("attention_temperature"))
    let plainWeight = try inputs.number("aux_weight")
    guard let map = leaves["feature_map"], let prototypes = leaves["prototypes"], let weight = leaves["weight"] else {
      return [:]
    }
    let pooled = try ClassActivationCalibration.pooled(
      map, prototypes: prototypes, sharpness: sharpness, temperature: temperature, strength: strength)
    let calibrated = try NormalizedLinear.products(pooled.calibrated, weight: weight) * scale
    let plain = try NormalizedLinear.products(pooled.plain, weight: weight) * scale
    let batch = try Batch(
      images: Tensor.zeros([labels.elementCount, 3, 1, 1]), labels: labels, indices: labels.zerosLike())
    let loss = try CalibratedObjective(plainWeight: plainWeight).terms(
      ModelOutput(logits: calibrated, expertLogits: [calibrated, plain]), batch,
      at: StepContext(step: Tensor.zeros([], dtype: .int64))
    ).total()
    return try [
      "attention": GoldenOutput(pooled.attention), "position_weight": GoldenOutput(pooled.weights),
      "pooled_plain": GoldenOutput(pooled.plain), "pooled_calibrated": GoldenOutput(pooled.calibrated),
      "logits_plain": GoldenOutput(plain), "logits_calibrated": GoldenOutput(calibrated),
      "cam": GoldenOutput(ClassActivationCalibration.activationMaps(map, classWeights: weight)),
      "cam_calibrated": GoldenOutput(
        ClassActivationCalibration.activationMaps(map, classWeights: weight, weights: pooled.weights)),
      "loss": GoldenOutput(loss),
    ].merging(gradientOutputs(of: loss, leaves)) { $1 }
  },
]
