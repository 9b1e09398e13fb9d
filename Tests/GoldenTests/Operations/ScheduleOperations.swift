import LongtailTestSupport
import NeuralNetworks

/// Learning rates per epoch.
let scheduleOperations: [GoldenOperation] = [
  GoldenOperation("cosine_lr_at_epoch_start", book: "sampling") { inputs in
    let (base, epochs, end) = (
      try inputs.number("base_lr"), try inputs.integer("epochs"), try inputs.number("end_lr")
    )
    let schedule = Schedule.advancedCosine(end: end / base)
    return ["lr_per_epoch": .numbers(schedule.valuesPerEpoch(base: base, epochs: epochs))]
  },
  GoldenOperation("warm_cosine_lr", book: "sampling") { inputs in
    let (start, peak, end) = (
      try inputs.number("start_lr"), try inputs.number("peak_lr"), try inputs.number("end_lr")
    )
    let (warmup, epochs) = (try inputs.integer("warmup_epochs"), try inputs.integer("epochs"))
    let schedule = Schedule.warmupAdvancedCosine(start: start / peak, epochs: warmup, end: end / peak)
    return ["lr_per_epoch": .numbers(schedule.valuesPerEpoch(base: peak, epochs: epochs))]
  },
]
