import ModelTraining
import NeuralNetworks
import Torch

/// A feature bank with the order in which an epoch uses its class-balanced set.
final class BreadcrumbTrail {
  /// The features of earlier epochs.
  let bank: FeatureBank
  private let order: Tensor
  private let cursor: Tensor

  /// - Parameters:
  ///   - bank: the features.
  ///   - count: features that an epoch uses.
  ///   - device: the device of the order.
  init(_ bank: FeatureBank, count: Int, on device: Device) throws {
    self.bank = bank
    order = try Tensor.zeros([count], dtype: .int64, on: device)
    cursor = try Tensor.zeros([], dtype: .int64, on: device)
  }

  /// What checkpoints hold, also in the middle of an epoch.
  var state: [NamedTensor] {
    bank.state.map { NamedTensor("bank." + $0.name, $0.tensor) } + [
      NamedTensor("crumb_order", order), NamedTensor("crumb_cursor", cursor),
    ]
  }

  /// Shuffles the class-balanced set for an epoch.
  func begin(epoch: Int, in stage: StageContext) throws {
    let positions = bank.order(count: order.elementCount, seed: stage.seed, stage: stage.index, epoch: epoch)
    try order.copy(from: Tensor(positions))
    try cursor.setToZero()
  }

  /// The next features of the class-balanced set.
  func next(_ count: Int) throws -> (features: Tensor, labels: Tensor) {
    try withoutGradients {
      let positions = try order.entries(at: Tensor.range(0, count, on: order.device) + cursor)
      try cursor.add(count)
      return try bank.samples(at: positions)
    }
  }

  /// Trains the network on the next batch of the training stream and stores its features.
  func trainFeatures(in stage: StageContext) throws {
    let batch = try stage.nextBatch(of: "training")
    let objective = try stage.objective(of: "network")
    let context = try stage.context(for: batch)
    var seen: Tensor?
    try stage.minimize(by: "network", labels: batch.labels) {
      var output = try stage.output(of: batch.images)
      // The first of two heads is the ordinary classifier; gradients of the other must not reach the features.
      output.logits = output.expertLogits.first ?? output.logits
      seen = seen ?? output.features
      return (try objective.terms(output, batch, at: context), output.logits)
    }
    if let seen { try bank.record(seen, labels: batch.labels) }
  }

  /// The epochs stored per class, for the log.
  func measurement() throws -> StageMeasurement {
    StageMeasurement("bankEpochs", try bank.queueLengths().map(Double.init))
  }

  /// Reports the memory of the bank.
  func tellMemory(in stage: StageContext) {
    let megabytes = (Double(bank.byteCount) / 1e6).rounded(.up)
    stage.notify(
      "the feature bank takes \(Int(megabytes)) MB on \(stage.device) and in each checkpoint: "
        + "\(bank.plan.rowCount) features from up to \(bank.plan.depths.max() ?? 0) epochs"
    )
  }
}
