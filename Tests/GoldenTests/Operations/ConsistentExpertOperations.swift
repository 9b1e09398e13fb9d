import LongtailTestSupport
import NeuralNetworks
import Objectives
import Torch
import VisionModels

/// More diverse experts with consistency self-distillation: the loss, its parts, and the learning rate.
let consistentExpertOperations: [GoldenOperation] = [
  GoldenOperation("mdcs_loss", book: "mdcs") { inputs in
    let given = try ExpertCase(inputs, labels: "labels")
    let experts = try shiftedExperts(inputs)
    let (weight, temperature) = (try inputs.number("cs_weight"), try inputs.number("temperature"))
    let confidence: ConsistencySelfDistillation.Confidence =
      try inputs.flag("confident_sampling") ? .adjusted : .none
    // The book counts epochs from 1.
    let epoch = try inputs.integer("epoch") - 1
    let ramp = try EpochRamp(epochs: inputs.integer("warmup_epochs"))
    let consistency = try ConsistencySelfDistillation(
      experts, weight: weight, ramp: ramp, temperature: temperature, confidence: confidence)
    let terms = try given.terms(of: ConsistentExperts(experts, consistency: consistency), epoch: epoch)
    let unramped = try ConsistencySelfDistillation(
      experts, weight: 1, ramp: EpochRamp(epochs: 0), temperature: temperature, confidence: confidence)
    let masks = try given.experts.enumerated().map { expert, logits in
      try consistency.isConfident(logits, labels: given.labels, expert: expert).doubles().map { $0 == 1 }
    }
    let factor = try ramp.factor(
      at: StepContext(step: Tensor.zeros([], dtype: .int64) + epoch), dtype: .float64)
    let weak = try ExpertLogits.mean(of: given.experts).narrowed(axis: 0, start: 0, count: given.labels.elementCount)
    return try given.outputs(of: terms).merging([
      "bias": .list(experts.map { .numbers($0.offset.values) }),
      "diversity_loss_per_expert": .numbers(terms.means("prior-shifted-softmax")),
      "confident_mask": .list(masks.map(GoldenOutput.flags)),
      "confident_count": .integers(masks.map { $0.count { $0 } }),
      "consistency_loss_per_expert": .numbers(given.terms(of: unramped, epoch: epoch).means("consistency")),
      "ramp": GoldenOutput(factor), "inference_logits_weak_view": GoldenOutput(weak),
      "inference_pred": GoldenOutput(weak.indexOfMax(alongAxis: 1)),
    ]) { $1 }
  },
  GoldenOperation("prior_bias", book: "mdcs") { inputs in
    ["bias": .list(try shiftedExperts(inputs).map { .numbers($0.offset.values) })]
  },
  GoldenOperation("step_lr", book: "mdcs") { inputs in
    let (rate, gamma) = (try inputs.number("lr"), try inputs.number("gamma"))
    let milestones = try inputs.integers("steps").sorted().enumerated().reversed().map { passed, epoch in
      Schedule.Milestone(.epochs(epoch), (0...passed).reduce(1) { factor, _ in factor * gamma })
    }
    let schedule = Schedule.warmup(
      length: .epochs(try inputs.integer("warmup")), by: .epoch, then: .factors(milestones))
    let epochs = try inputs.integers("epoch_index")
    return ["lr": .numbers(epochs.map { rate * schedule.factor(atStep: $0, stepsPerEpoch: 1, totalSteps: 400) })]
  },
  GoldenOperation("normed_linear", book: "mdcs") { inputs in
    let (features, weight) = (try inputs.leaf("features"), try inputs.leaf("weight"))
    let upstream = try inputs.tensor("upstream")
    let layer = try NormalizedLinear(
      inputs: weight.shape[0], outputs: weight.shape[1], scale: inputs.number("scale"), using: Initializer(seed: 0))
    let logits = try layer.applied(to: features, parameters: [weight.transposed()])
    return try ["logits": GoldenOutput(logits)].merging(
      gradientOutputs(of: logits * upstream, ["features": features, "weight": weight])
    ) { $1 }
  },
]

private func shiftedExperts(_ inputs: GoldenInputs) throws -> [PriorShiftedSoftmax] {
  let (prior, floor) = (try inputs.numbers("class_counts"), try inputs.number("log_floor"))
  return try inputs.numbers("lambdas").map {
    try PriorShiftedSoftmax(prior: prior, exponent: $0, logFloor: floor)
  }
}
