import Datasets
import LongtailTestSupport
import ModelEvaluation

/// Metrics of classifiers.
let evaluationOperations: [GoldenOperation] = [
  GoldenOperation("shot_accuracy", book: "sampling") { inputs in
    let result = try evaluate(
      inputs, labels: "labels", counts: inputs.integers("class_counts"), rule: .strict)
    return shotAccuracies(result).merging(["all": .number(result.accuracy)]) { $1 }
  },
  GoldenOperation(
    book: "shot-accuracy",
    fields: ["predictions", "targets", "train_counts", "many_threshold", "few_threshold", "inclusive"]
  ) { inputs in
    let rule = try ShotGroupRule(
      manyLimit: inputs.integer("many_threshold"), fewLimit: inputs.integer("few_threshold"),
      includesLimits: inputs.flag("inclusive"))
    let result = try evaluate(inputs, labels: "targets", counts: inputs.integers("train_counts"), rule: rule)
    let sizes = ShotGroup.allCases.map { group in
      (group.rawValue, GoldenOutput.integer(result.shotGroups.first { $0.group == group }?.classCount ?? 0))
    }
    return shotAccuracies(result).merging([
      "classes": .object(Dictionary(uniqueKeysWithValues: sizes)), "overall": .number(result.accuracy),
      "class_mean": .number(result.balancedAccuracy),
    ]) { $1 }
  },
  GoldenOperation(book: "ece", fields: ["confidence", "correct", "bins"]) { inputs in
    let correct = try inputs.integers("correct").map { $0 != 0 }
    let calibration = try Calibration(
      confidences: inputs.numbers("confidence"), correct: correct, bins: inputs.integer("bins"))
    let bins = calibration.bins.map { bin in
      GoldenOutput.object([
        "bin": .integer(bin.index), "count": .integer(bin.count), "accuracy": .number(bin.accuracy),
        "confidence": .number(bin.confidence),
      ])
    }
    return [
      "ece": .number(calibration.expectedError), "mce": .number(calibration.maximumError), "bins": .list(bins),
    ]
  },
  GoldenOperation(book: "topk", fields: ["logits", "targets", "ks"]) { inputs in
    let (logits, labels) = (try inputs.matrix("logits"), try inputs.labels("targets"))
    let classes = try ClassDistribution(counts: Array(repeating: 1, count: logits.columns))
    var evaluation = try EvaluationAccumulator(classes: classes, topK: inputs.integers("ks"))
    let predictions = try evaluation.update(logits: logits.values.map(Float.init), labels: labels)
    let result = try evaluation.result()
    var outputs: [String: GoldenOutput] = [
      "predictions": .integers(predictions.map { Int($0.label) }), "class_mean_top1": .number(result.balancedAccuracy),
      "f1_macro": .number(result.macroF1), "precision_macro": .number(result.macroPrecision),
    ]
    for (k, accuracy) in result.topK { outputs["top\(k)"] = .number(accuracy) }
    return outputs
  },
]

private func evaluate(
  _ inputs: GoldenInputs, labels: String, counts: [Int], rule: ShotGroupRule
) throws -> EvaluationResult {
  var evaluation = try EvaluationAccumulator(classes: ClassDistribution(counts: counts), rule: rule)
  try evaluation.update(predictions: inputs.labels("predictions"), labels: inputs.labels(labels))
  return try evaluation.result()
}

private func shotAccuracies(_ result: EvaluationResult) -> [String: GoldenOutput] {
  Dictionary(uniqueKeysWithValues: ShotGroup.allCases.map { ($0.rawValue, .optional(result.accuracy(of: $0))) })
}
