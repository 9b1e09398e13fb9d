import Datasets
import LongtailMethods
import LongtailTestSupport
import Torch

/// The feature bank of Breadcrumb.
let featureBankOperations: [GoldenOperation] = [
  GoldenOperation("emanate_bank", book: "breadcrumb") { inputs in
    let (counts, perClass) = (try inputs.integers("class_counts"), try inputs.integer("per_class"))
    let aligns = try inputs.flag("align")
    let epochs = try inputs.objects("epochs").map {
      (features: try $0.tensor("features"), labels: try $0.labels("labels"))
    }
    let brought = try epochs.map { try countLabels($0.labels, classCount: counts.count) }
    let most = counts.indices.map { label in brought.map { $0[label] }.max() ?? 0 }
    let plan = try BreadcrumbPlan(counts: counts, perClass: perClass, rowsPerEpoch: most)
    let width = epochs.first { $0.features.rank == 2 }?.features.shape[1] ?? 1
    let bank = try FeatureBank(plan, features: width, aligns: aligns, storage: .float64)
    let results = try epochs.map { epoch -> GoldenOutput in
      let labels = try Tensor(epoch.labels.map(Int.init))
      // In two batches, as an epoch is.
      let half = epoch.labels.count / 2
      for (start, count) in [(0, half), (half, epoch.labels.count - half)] where count > 0 {
        try bank.record(
          epoch.features.narrowed(axis: 0, start: start, count: count),
          labels: labels.narrowed(axis: 0, start: start, count: count))
      }
      try bank.finishEpoch()
      return try .object([
        "ready": .flag(bank.isReady()), "queue_lengths": .integers(bank.queueLengths()),
        "assembled": .list(bank.assembledClasses()),
      ])
    }
    return ["queue_depths": .integers(plan.depths), "after_epoch": .list(results)]
  },
  GoldenOperation("crumbs_per_class", book: "breadcrumb") { inputs in
    let (images, batch) = (try inputs.integer("images"), try inputs.integer("batch"))
    let classes = try inputs.integer("classes")
    return ["per_class": .integer(try BreadcrumbPlan.perClass(images: images, batchSize: batch, classes: classes))]
  },
]

extension FeatureBank {
  /// The assembled features of each class; nothing before the bank is ready.
  fileprivate func assembledClasses() throws -> [GoldenOutput] {
    guard try isReady() else { return [] }
    try assemble()
    var first = 0
    return try plan.depths.map { depth in
      let count = depth > 0 ? plan.perClass : 0
      defer { first += count }
      return try GoldenOutput(samples(at: Tensor.range(first, first + count)).features)
    }
  }
}
