import Datasets
import LongtailTestSupport
import ModelEvaluation

/// Bias and variance over several trainings.
let biasVarianceOperations: [GoldenOperation] = [
  GoldenOperation("bias_variance_01", book: "bias-variance") { inputs in
    let counts = try inputs.integers("class_counts")
    guard try inputs.integer("num_classes") == counts.count else {
      throw GoldenInputError.type("num_classes", expected: "the number of counts", got: "another number")
    }
    let rows = try inputs.matrix("predictions")
    let predictions = (0..<rows.rows).map { row in
      rows.values[row * rows.columns..<(row + 1) * rows.columns].map { Int32($0) }
    }
    let result = try BiasVariance(
      predictions: predictions, labels: inputs.labels("labels"), classes: ClassDistribution(counts: counts))
    func samples(_ value: (BiasVariance.Sample) -> Double) -> GoldenOutput { .numbers(result.samples.map(value)) }
    func classes(_ value: (BiasVariance.Means) -> Double) -> GoldenOutput {
      .list(result.perClass.map { .optional($0.means.map(value)) })
    }
    func groups(_ value: (BiasVariance.Means) -> Double) -> GoldenOutput {
      .object(
        Dictionary(
          uniqueKeysWithValues: ShotGroup.allCases.map { group in
            (group.rawValue, .optional(result.shotGroups.first { $0.group == group }.map { value($0.means) }))
          }))
    }
    return [
      "main_prediction": .integers(result.samples.map(\.mainPrediction)), "bias": samples(\.bias),
      "variance": samples(\.variance), "variance_sign": samples(\.varianceSign), "error": samples(\.error),
      "class_bias": classes(\.bias), "class_variance": classes(\.variance), "class_error": classes(\.error),
      "group_bias": groups(\.bias), "group_variance": groups(\.variance),
      "group_error": groups(\.error), "mean_bias": .number(result.overall.bias),
      "mean_variance": .number(result.overall.variance), "mean_error": .number(result.overall.error),
    ]
  },
  GoldenOperation("bias_variance_squared", book: "bias-variance") { inputs in
    let logits = try inputs.tensor("logits")
    let models = try (0..<logits.shape[0]).map { model in
      try (0..<logits.shape[1]).map { sample in
        try logits.selected(axis: 0, index: model).selected(axis: 0, index: sample).doubles()
      }
    }
    let result = try SquaredBiasVariance(logits: models, labels: inputs.labels("labels"))
    return [
      "mean_probability": .list(result.meanProbabilities.map(GoldenOutput.numbers)),
      "bias_squared": .numbers(result.squaredBiases), "variance": .numbers(result.variances),
      "expected_squared_error": .numbers(result.expectedSquaredErrors),
    ]
  },
]
