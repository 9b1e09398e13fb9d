import DataLoading
import LongtailTestSupport
import NeuralNetworks
import Objectives
import Torch
import VisionModels

/// Self supervision to distillation.
let selfDistillationOperations: [GoldenOperation] = [
  GoldenOperation("ssd_masked_contrastive", book: "ssd") { inputs in
    let (query, key) = (try inputs.leaf("query"), try inputs.tensor("key"))
    let (queue, queueLabels) = (try inputs.tensor("queue"), try inputs.tensor("queue_labels").to(.int64))
    let labels = try inputs.labelTensor("targets")
    let objective = try MaskedContrastive(temperature: inputs.number("temperature"))
    let loss = try objective.rows(
      queries: query, keys: key, labels: labels, queueKeys: queue, queueLabels: queueLabels
    ).mean()
    return try [
      "positive_logits": GoldenOutput(objective.positiveLogits(query, keys: key)),
      "negative_mask": GoldenOutput(objective.isNegative(labels: labels, queueLabels: queueLabels)),
      "loss": GoldenOutput(loss),
    ].merging(gradientOutputs(of: loss, ["query": query])) { $1 }
  },
  GoldenOperation("ssd_stage3", book: "ssd") { inputs in
    let (hard, soft) = (try inputs.leaf("hard_logits"), try inputs.leaf("soft_logits"))
    let (teacher, labels) = (try inputs.tensor("teacher_logits"), try inputs.labelTensor("targets"))
    let temperature = try inputs.number("temperature")
    let objective = try JointSelfDistillation(
      temperature: temperature, hardWeight: inputs.number("hard_weight"), softWeight: inputs.number("soft_weight"))
    let batch = try Batch(
      images: Tensor.zeros([labels.elementCount, 3, 1, 1]), labels: labels, indices: labels.zerosLike())
    let terms = try objective.terms(
      ModelOutput(logits: soft, expertLogits: [hard, soft]), batch,
      at: StepContext(step: Tensor.zeros([], dtype: .int64), teachers: [ModelOutput(logits: teacher)]))
    let loss = try terms.total()
    let softLabels = try SoftLabelDistillation(temperature: temperature).softLabels(teacher: teacher)
    return try [
      "soft_labels": GoldenOutput(softLabels), "ce": GoldenOutput(terms[0].mean()),
      "distill": GoldenOutput(terms[1].mean()), "loss": GoldenOutput(loss),
    ].merging(gradientOutputs(of: loss, ["hard_logits": hard, "soft_logits": soft])) { $1 }
  },
  GoldenOperation("ssd_queue", book: "ssd") { inputs in
    let (capacity, start) = (try inputs.integer("capacity"), try inputs.integer("start_pointer"))
    let batches = try inputs.integerLists("batches")
    let queue = try FeatureQueue(capacity: capacity, features: 1, using: Initializer(seed: 0))
    guard (0..<capacity).contains(start) else {
      throw ParameterError("start pointer", "\(start)", expected: "a slot of the queue")
    }
    try queue.place.fill(Double(start))
    for batch in batches {
      try queue.push(Tensor(batch.map(Float.init), shape: [batch.count, 1]), labels: Tensor(batch))
    }
    return ["queue": .integers(try queue.labels.integers()), "pointer": .integer(Int(try queue.place.item()))]
  },
]

extension GoldenInputs {
  /// Lists of integers, which may have different lengths.
  fileprivate func integerLists(_ field: String) throws -> [[Int]] {
    let lists = try value(field).list?.compactMap { $0.list?.compactMap(\.integer) }
    guard let lists else { throw GoldenInputError.type(field, expected: "lists of integers", got: "another value") }
    return lists
  }
}
