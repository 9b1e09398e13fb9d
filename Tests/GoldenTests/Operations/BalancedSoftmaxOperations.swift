import LongtailTestSupport
import Objectives
import Torch

/// Balanced Softmax.
let balancedSoftmaxOperations: [GoldenOperation] = [
  GoldenOperation("balanced_softmax", book: "balanced-softmax") { inputs in
    let given = try ObjectiveCase(inputs, labels: "labels")
    let reduction = try inputs.choice(
      "reduction", ["mean": Reduction.mean, "sum": Reduction.sum, "none": Reduction.none])
    let (counts, tau, floor) = (
      try inputs.integers("class_counts"), try inputs.number("tau"), try inputs.number("count_floor")
    )
    let objective = try BalancedSoftmaxLoss(counts: counts, tau: tau, countFloor: floor)
    try objective.validate(labels: given.hostLabels)
    let adjusted = try objective.adjusted(given.logits, labels: given.labels)
    let loss =
      switch reduction {
      case .mean: try objective.loss(logits: given.logits, labels: given.labels)
      case .sum: try objective.term(logits: given.logits, labels: given.labels).sum
      case .none: try objective.rows(adjusted, labels: given.labels)
      }
    return [
      "loss": reduction == .none ? .numbers(try loss.doubles()) : .number(try loss.item()),
      "grad_logits": try given.gradient(of: loss),
      "train_probabilities": .matrix(try adjusted.softmax(alongAxis: 1).doubles(), columns: given.classes),
      "test_prediction": .integers(try given.logits.indexOfMax(alongAxis: 1).integers()),
    ]
  }
]
