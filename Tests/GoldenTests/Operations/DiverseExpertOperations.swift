import LongtailTestSupport
import ModelEvaluation
import Objectives
import Torch
import VisionModels

/// Routing diverse experts: losses, distillation and router.
let diverseExpertOperations: [GoldenOperation] = [
  GoldenOperation("ride_loss", book: "ride") { inputs in
    let given = try DiverseExpertCase(inputs)
    let terms = try given.experts.terms(of: given.objective)
    return try given.outputs(of: terms)
  },
  GoldenOperation("ride_distill_loss", book: "ride") { inputs in
    let given = try DiverseExpertCase(inputs)
    let teacher = ModelOutput(logits: try inputs.tensor("teacher_logits"))
    let objective = try ExpertDistillation(
      given.objective, temperature: inputs.number("distill_temperature"), weight: inputs.number("distill_factor"),
      repetition: .perExpert)
    let terms = try given.experts.terms(of: objective, teachers: [teacher])
    return try given.outputs(of: terms).merging([
      "distill_kl_scaled": .number(terms.means("distillation").reduce(0, +))
    ]) { $1 }
  },
  GoldenOperation("ride_routing", book: "ride") { inputs in
    let given = try ExpertCase(inputs, labels: "targets")
    let router = try GateCase(inputs)
    let objective = try RoutingObjective(positiveWeight: inputs.number("pos_weight"))
    let logits = try router.logits(given.experts)
    let loss = try given.terms(of: objective, routerLogits: logits).total()
    let right = try objective.isCorrect(expertLogits: given.experts, labels: given.labels)
    let routed = try ExpertRouter.route(expertLogits: given.experts, routerLogits: logits)
    return try [
      "loss": GoldenOutput(loss), "correct_by_prefix": GoldenOutput(right.transposed()),
      "gate_targets": GoldenOutput(objective.targets(expertLogits: given.experts, labels: given.labels)),
      "gate_logits": GoldenOutput(Tensor.stack(logits)), "experts_used": GoldenOutput(routed.expertsUsed),
      "final_logits": GoldenOutput(routed.logits),
      "fraction_stopping_at": .numbers(routed.stoppingFractions(experts: given.experts.count)),
    ].merging(gradientOutputs(of: loss, router.leaves)) { $1 }
  },
]

/// The settings of a golden case as an objective.
private struct DiverseExpertCase {
  let experts: ExpertCase
  let base: LDAMLoss
  let diversity: DistributionAwareDiversity
  let objective: RoutingDiverseExperts

  init(_ inputs: GoldenInputs) throws {
    experts = try ExpertCase(inputs, labels: "targets")
    let counts = try inputs.integers("class_counts")
    let (isDeferred, factor) = (try inputs.flag("deferred_phase_active"), try inputs.number("diversity_factor"))
    let (start, gamma) = (try inputs.number("base_temperature"), try inputs.number("gamma"))
    let (beta, isCollaborative) = (try inputs.number("beta"), try inputs.flag("collaborative_when_factor_zero"))
    let style: ClassTemperatures.Style = try inputs.choice("temperature_style", ["code": .divided, "paper": .shifted])
    base = try LDAMLoss(
      counts: counts, maxMargin: inputs.number("max_m"), scale: inputs.number("s"),
      reweightingBeta: isDeferred ? beta : nil, countFloor: inputs.number("count_floor"))
    let temperatures =
      isDeferred
      ? try ClassTemperatures(counts: counts, base: start, gamma: gamma, style: style)
      : try ClassTemperatures(uniform: start, classes: counts.count, style: style)
    diversity = try DistributionAwareDiversity(
      repulsion: -factor, temperatures: temperatures,
      target: inputs.choice("diversity_target", ["mean_detached": .detachedMean, "pairwise": .pairwise]))
    objective = try RoutingDiverseExperts(
      base, on: factor == 0 && isCollaborative ? .collaborative : .individual, diversity: diversity)
  }

  func outputs(of terms: [LossTerm]) throws -> [String: GoldenOutput] {
    let bases = try terms.means("ldam")
    // One term on the mean stands for all experts.
    let perExpert = bases.count == 1 ? Array(repeating: bases[0], count: experts.experts.count) : bases
    return try experts.outputs(of: terms).merging([
      "margins": .numbers(base.margins), "class_weights": ObjectiveCase.weights(of: base),
      "class_temperatures": .numbers(diversity.temperatures.values),
      "temperature_mean": .number(diversity.temperatures.mean),
      "mean_logits": GoldenOutput(ExpertLogits.mean(of: experts.experts)),
      "base_loss_per_expert": .numbers(perExpert), "diversity_kl_per_expert": .numbers(terms.means("diversity")),
      "diversity_multiplier": .number(diversity.temperatures.divergenceFactor),
    ]) { $1 }
  }
}

/// The weights of router that a case gives.
private struct GateCase {
  let leaves: [String: Tensor]
  private let features: Tensor
  private let topCount: Int

  init(_ inputs: GoldenInputs) throws {
    features = try inputs.tensor("expert_features")
    topCount = try inputs.integer("top_k")
    leaves = try Dictionary(
      uniqueKeysWithValues: ["gate_hidden_weight", "gate_hidden_bias", "gate_out_weight", "gate_out_bias"].map {
        ($0, try inputs.leaf($0))
      })
  }

  func logits(_ scores: [Tensor]) throws -> [Tensor] {
    let means = try withoutGradients { try ExpertRouter.runningMeans(scores).map { try $0.detached() } }
    let output = (weight: try leaf("gate_out_weight").reshaped([1, -1]), bias: try leaf("gate_out_bias").reshaped([1]))
    return try means.dropLast().enumerated().map { gate, mean in
      try ExpertRouter.logits(
        meanLogits: mean, features: features.selected(axis: 0, index: gate),
        hidden: (part("gate_hidden_weight", gate), part("gate_hidden_bias", gate)),
        output: (output.weight, output.bias), topLogits: topCount)
    }
  }

  private func leaf(_ name: String) throws -> Tensor {
    guard let leaf = leaves[name] else {
      throw GoldenInputError.type(name, expected: "a weight of the router", got: "nothing")
    }
    return leaf
  }

  private func part(_ name: String, _ gate: Int) throws -> Tensor { try leaf(name).selected(axis: 0, index: gate) }
}
