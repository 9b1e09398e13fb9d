import LongtailTestSupport
import NeuralNetworks
import Objectives
import Torch

/// Self-heterogeneous integration with knowledge excavation: both stages' losses, and the learning rate.
let knowledgeTransferOperations: [GoldenOperation] = [
  GoldenOperation("shike_stage1", book: "shike") { inputs in
    let given = try ExpertCase(inputs, labels: "targets")
    let form: DynamicKnowledgeTransfer.Form = try inputs.choice("mode", ["official": .published, "clean": .clean])
    let objective = try DynamicKnowledgeTransfer(
      form: form, mutualWeight: inputs.number("mutual_weight"), nontargetWeight: inputs.number("nontarget_weight"))
    let terms = try given.terms(of: objective)
    let scores = try given.leaf.detached()
    let teacher = try objective.teacherLogits(scores, labels: given.labels)
    let rows = try (0..<teacher.shape[0]).map { row in
      GoldenOutput.list(
        try teacher.selected(axis: 0, index: row).doubles().map { $0 == -.infinity ? .null : .number($0) })
    }
    return try given.outputs(of: terms).merging([
      "hardest_negative": GoldenOutput(objective.hardestNegatives(scores, labels: given.labels)),
      "teacher_logits": .list(rows), "ce": .number(terms.means("cross-entropy").reduce(0, +)),
      "mutual": .number(terms.means("mutual").reduce(0, +)),
      "nontarget": .number(terms.means("non-target").reduce(0, +)),
    ]) { $1 }
  },
  GoldenOperation("shike_stage2_balanced_softmax", book: "shike") { inputs in
    let given = try ExpertCase(inputs, labels: "targets")
    let objective = try BalancedSoftmaxLoss(
      counts: inputs.integers("class_counts"), countFloor: inputs.number("count_floor")
    ).summedOverExperts()
    return try given.outputs(of: given.terms(of: objective)).merging([
      "ensemble_logits": GoldenOutput(ExpertLogits.mean(of: given.experts))
    ]) { $1 }
  },
  GoldenOperation("warmup_cosine", book: "shike") { inputs in
    let (base, peak, end) = (
      try inputs.number("base_lr"), try inputs.number("peak_lr"), try inputs.number("eta_min")
    )
    let (warmup, length) = (try inputs.integer("warmup_epochs"), try inputs.integer("t_max"))
    let schedule = Schedule.lateWarmupCosine(start: base / peak, epochs: warmup, end: end / peak)
    let rates = try inputs.integers("epochs").map {
      peak * schedule.factor(atStep: $0, stepsPerEpoch: 1, totalSteps: length)
    }
    return ["lr": .numbers(rates)]
  },
]
