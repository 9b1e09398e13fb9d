import DataLoading
import LongtailTestSupport

/// Class probabilities of samplers.
let samplingOperations: [GoldenOperation] = [
  GoldenOperation("class_probabilities", book: "sampling") { inputs in
    let counts = try inputs.integers("class_counts")
    let exponent = try inputs.number("exponent")
    return ["probabilities": .numbers(try classProbabilities(counts: counts, exponent: exponent))]
  },
  GoldenOperation("progressive_probabilities", book: "sampling") { inputs in
    let counts = try inputs.integers("class_counts")
    let progress = try inputs.number("progress")
    return ["probabilities": .numbers(try progressiveProbabilities(counts: counts, progress: progress))]
  },
]
