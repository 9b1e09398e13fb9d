import Datasets
import Foundation
import LongtailTestSupport

/// Long-tailed class counts and subsets.
let longTailOperations: [GoldenOperation] = [
  GoldenOperation("imbalance_profile", book: "sampling") { inputs in
    let counts = try profileCounts(
      inputs, shape: "kind", maxPerClass: "max_per_class", classes: "classes", factor: "ratio")
    return ["counts": .integers(counts), "total": .integer(counts.reduce(0, +))]
  },
  GoldenOperation(
    book: "cifar-lt-counts", fields: ["max_per_class", "num_classes", "imbalance_factor", "profile"]
  ) { inputs in
    let counts = try profileCounts(
      inputs, shape: "profile", maxPerClass: "max_per_class", classes: "num_classes", factor: "imbalance_factor")
    let classes = try ClassDistribution(counts: counts)
    return [
      "counts": .integers(counts), "total": .integer(classes.total),
      "many_gt100": .integer(classes.classes(in: .many).count),
      "medium_20_100": .integer(classes.classes(in: .medium).count),
      "few_lt20": .integer(classes.classes(in: .few).count),
    ]
  },
  GoldenOperation(book: "legacy-shuffle", fields: ["n", "seed"]) { inputs in
    let (count, seed) = (try inputs.integer("n"), try seed(inputs))
    var order = Array(0..<count)
    var generator = NumPyLegacyGenerator(seed: seed)
    generator.shuffle(&order)
    var fresh = NumPyLegacyGenerator(seed: seed)
    return [
      "shuffled": .integers(order), "first_words": .integers((0..<4).map { _ in Int(fresh.next()) }),
    ]
  },
  GoldenOperation(book: "lt-selection", fields: ["labels", "counts", "seed"]) { inputs in
    let (labels, counts, seed) = (try inputs.labels("labels"), try inputs.integers("counts"), try seed(inputs))
    let selected = try LongTailedSelection.indices(labels: labels, counts: counts, seed: seed)
    return ["selected_indices": .integers(selected.map(Int.init))]
  },
]

private func profileCounts(
  _ inputs: GoldenInputs, shape: String, maxPerClass: String, classes: String, factor: String
) throws -> [Int] {
  let shape = try inputs.choice(shape, ["exp": LongTailProfile.Shape.exponential, "step": .step])
  let (largest, classCount) = (try inputs.integer(maxPerClass), try inputs.integer(classes))
  return try LongTailProfile(shape, imbalanceFactor: inputs.number(factor))
    .counts(maxPerClass: largest, classCount: classCount)
}

private func seed(_ inputs: GoldenInputs) throws -> UInt32 {
  let seed = try inputs.integer("seed")
  guard let word = UInt32(exactly: seed) else {
    throw GoldenInputError.type("seed", expected: "a 32-bit seed", got: "\(seed)")
  }
  return word
}

extension GoldenInputs {
  /// A list of class indices.
  func labels(_ field: String) throws -> [Int32] {
    try integers(field).map {
      guard let label = Int32(exactly: $0) else {
        throw GoldenInputError.type(field, expected: "32-bit labels", got: "\($0)")
      }
      return label
    }
  }
}
