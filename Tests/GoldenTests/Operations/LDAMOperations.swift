import LongtailTestSupport
import ModelTraining
import Objectives
import Torch

/// Margins by frequency and deferred re-weighting.
let ldamOperations: [GoldenOperation] = [
  GoldenOperation("ldam", book: "ldam-drw") { inputs in
    let given = try ObjectiveCase(inputs, labels: "targets")
    let counts = try inputs.integers("class_counts")
    let (margin, scale) = (try inputs.number("max_m"), try inputs.number("s"))
    let (areScaled, reweights) = (try inputs.flag("logits_are_scaled"), try inputs.flag("reweight"))
    let (beta, division, floor) = (try inputs.number("beta"), try inputs.division(), try inputs.number("count_floor"))
    let objective = try LDAMLoss(
      counts: counts, maxMargin: margin, scale: scale, logitsAreScaled: areScaled,
      reweightingBeta: reweights ? beta : nil, division: division, countFloor: floor)
    let adjusted = try objective.adjusted(given.logits, labels: given.labels)
    return try given.outputs(of: objective).merging([
      "margins": .numbers(objective.margins), "class_weights": ObjectiveCase.weights(of: objective),
      "adjusted_logits": .matrix(try adjusted.doubles(), columns: given.classes),
    ]) { $1 }
  },
  GoldenOperation("deferred_schedule", book: "ldam-drw") { inputs in
    let (start, epochs) = (try inputs.integer("reweight_epoch"), try inputs.integers("epochs_one_based"))
    // A deferred phase that begins at epoch R, counted from 0, first acts in the epoch that is called R + 1.
    let counts = [100, 10]
    let stage = Stage(
      "deferral", for: .epochs(epochs.max() ?? 1), batchSize: 1, optimizer: .sgd(weightDecay: 0), learningRate: 0.1,
      schedule: .constant,
      phases: [
        Phase(objective: try LDAMLoss(counts: counts), augmentation: .none),
        Phase(
          from: .epochs(start), objective: try LDAMLoss(counts: counts, reweightingBeta: 0.9999), augmentation: .none),
      ])
    let steps = 7
    let active = epochs.map { epoch in
      let objective = stage.phase(atStep: (epoch - 1) * steps, stepsPerEpoch: steps)?.objectives["network"]
      return (objective as? LDAMLoss)?.averaging.weights != nil
    }
    return ["reweight_active": .flags(active)]
  },
]
