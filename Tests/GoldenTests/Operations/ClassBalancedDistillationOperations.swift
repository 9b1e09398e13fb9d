import DataLoading
import LongtailTestSupport
import NeuralNetworks
import Objectives
import Torch
import VisionModels

/// Class-balanced distillation.
let classBalancedDistillationOperations: [GoldenOperation] = [
  GoldenOperation("feature_distillation", book: "class-balanced-distillation") { inputs in
    let (student, teachers) = (try inputs.leaf("student"), try inputs.teachers())
    let objective = FeatureDistillation()
    let loss = try objective.rows(student: student, teachers: teachers).mean()
    return try [
      "loss": GoldenOutput(loss), "cosine": GoldenOutput(objective.cosines(student: student, teachers: teachers)),
    ].merging(gradientOutputs(of: loss, ["student": student])) { $1 }
  },
  GoldenOperation("cbd_total", book: "class-balanced-distillation") { inputs in
    let (student, classifier) = (try inputs.leaf("student"), try inputs.leaf("classifier"))
    let (teachers, labels) = (try inputs.teachers(), try inputs.labelTensor("labels"))
    let (scale, alpha, beta) = (try inputs.number("scale"), try inputs.number("alpha"), try inputs.number("beta"))
    let logits =
      try student.normalizedByPower(alongAxis: 1).matrixProduct(classifier.normalizedByPower(alongAxis: 0)) * scale
    let output = ModelOutput(logits: logits, features: student)
    let batch = try Batch(
      images: Tensor.zeros([labels.elementCount, 3, 1, 1]), labels: labels, indices: labels.zerosLike())
    let context = StepContext(
      step: try Tensor.zeros([], dtype: .int64), teachers: teachers.map { ModelOutput(logits: $0, features: $0) })
    let terms = try ClassBalancedDistillationLoss(alpha: alpha, beta: beta).terms(output, batch, at: context)
    let total = try terms.total()
    return try [
      "logits": GoldenOutput(logits), "total": GoldenOutput(total), "cross_entropy": GoldenOutput(terms[0].mean()),
      "distillation": GoldenOutput(terms[1].mean()),
    ].merging(
      gradientOutputs(of: total, ["student": student, "classifier": classifier], suffix: "_numeric")
    ) { $1 }
  },
  GoldenOperation("stream_resample", book: "class-balanced-distillation") { inputs in
    let rule = try StreamResampling(counts: inputs.integers("class_counts"))
    return [
      "ratio": .numbers(rule.ratios), "base_copies": .numbers(rule.baseCopies),
      "extra_copy_probability": .numbers(rule.extraCopyProbabilities),
      "keep_probability": .numbers(rule.keepProbabilities),
    ]
  },
  GoldenOperation("cosine_lr", book: "class-balanced-distillation") { inputs in
    let (base, batch) = (try inputs.number("base_lr"), try inputs.integer("batch"))
    let (reference, epochs) = (try inputs.integer("reference_batch"), try inputs.number("epochs"))
    let epoch = try inputs.number("epoch_float")
    let rate = try Schedule.scaledRate(base, batchSize: batch, referenceBatchSize: reference)
    return ["lr": .number(rate * Schedule.cosineFactor(progress: epoch / epochs))]
  },
]

extension GoldenInputs {
  /// The features of each teacher, float64 `[batch, features]`.
  fileprivate func teachers() throws -> [Tensor] {
    try matrices("teachers").map { try Tensor($0.values, shape: [$0.rows, $0.columns]) }
  }
}
