import LongtailTestSupport
import Objectives
import Torch

/// Focal, class-balanced and logit-adjusted losses.
let baselineLossOperations: [GoldenOperation] = [
  GoldenOperation("focal", book: "baseline-losses") { inputs in
    let given = try ObjectiveCase(inputs, labels: "targets")
    let mode = try inputs.choice(
      "mode", ["standard": FocalLoss.WeightMode.standard, "weight_inside": .weightInside])
    let (gamma, weights) = (try inputs.number("gamma"), try inputs.optionalNumbers("class_weights"))
    return try given.outputs(of: FocalLoss(gamma: gamma, classWeights: weights, mode: mode))
  },
  GoldenOperation("class_balanced_softmax", book: "baseline-losses") { inputs in
    let given = try ObjectiveCase(inputs, labels: "targets")
    let division = try inputs.division()
    let (counts, beta, floor) = (
      try inputs.integers("class_counts"), try inputs.number("beta"), try inputs.number("count_floor")
    )
    let objective = try ClassBalancedLoss(counts: counts, beta: beta, countFloor: floor, division: division)
    return try given.outputs(of: objective).merging(["class_weights": ObjectiveCase.weights(of: objective)]) { $1 }
  },
  GoldenOperation("class_balanced_sigmoid_focal", book: "baseline-losses") { inputs in
    let given = try ObjectiveCase(inputs, labels: "targets")
    let (counts, gamma) = (try inputs.integers("class_counts"), try inputs.number("gamma"))
    let (beta, floor) = (try inputs.number("beta"), try inputs.number("count_floor"))
    let objective = try ClassBalancedSigmoidFocal(counts: counts, gamma: gamma, beta: beta, countFloor: floor)
    return try given.outputs(of: objective).merging(["class_weights": ObjectiveCase.weights(of: objective)]) { $1 }
  },
  GoldenOperation("logit_adjustment", book: "baseline-losses") { inputs in
    let given = try ObjectiveCase(inputs, labels: "targets")
    let (counts, tau, floor) = (
      try inputs.integers("class_counts"), try inputs.number("tau"), try inputs.number("count_floor")
    )
    let objective = try PriorAdjustment.training(counts: counts, tau: tau, countFloor: floor)
    let posthoc = try PriorAdjustment.posthoc(given.logits.detached(), counts: counts, tau: tau, countFloor: floor)
    return try given.outputs(of: objective).merging([
      "log_prior": .numbers(try PriorAdjustment.logPrior(counts: counts, countFloor: floor)),
      "posthoc_logits": .matrix(try posthoc.doubles(), columns: given.classes),
      "posthoc_prediction": .integers(try posthoc.indexOfMax(alongAxis: 1).integers()),
    ]) { $1 }
  },
]

extension GoldenInputs {
  /// What the weighted sum of a class-weighted loss is divided by.
  func division() throws -> ClassBalancedLoss.Division {
    try choice("reduction", ["weighted_mean": ClassBalancedLoss.Division.weights, "batch_mean": .rows])
  }
}
