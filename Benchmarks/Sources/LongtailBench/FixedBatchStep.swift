import Longtail

/// A training step on one batch that is ready on the device: model, loss, backward, optimiser, and nothing else.
struct FixedBatchStep {
  /// The model that is trained.
  let model: any ImageModel
  private let batch: Batch
  private let compute: ComputeSettings
  private let optimizer: SGD
  private let rate: Tensor
  private let objective: CrossEntropyLoss
  private let step: Tensor

  /// Makes a step.
  /// - Parameters:
  ///   - images: float32 `[batch, 3, side, side]`.
  ///   - labels: int64 `[batch]`.
  init(
    _ model: any ImageModel, images: Tensor, labels: Tensor, compute: ComputeSettings, optimizer: OptimizerSettings,
    learningRate: Double
  ) throws {
    self.model = model
    self.compute = compute
    try model.move(to: compute.device, format: compute.memoryFormat)
    model.setTraining(true)
    let device = compute.device
    batch = Batch(
      images: try images.to(device).contiguous(compute.memoryFormat), labels: try labels.to(device),
      indices: try Tensor.range(0, labels.elementCount, on: device))
    self.optimizer = try SGD(
      [ParameterGroup(model.allParameters, weightDecay: optimizer.weightDecay)], momentum: optimizer.momentum,
      isNesterov: optimizer.nesterov, implementation: optimizer.implementation)
    rate = try Tensor(scalar: Float(learningRate), on: device)
    step = try Tensor.zeros([], dtype: .int64, on: device)
    objective = try CrossEntropyLoss()
  }

  /// Runs the step; returns the loss before the update.
  @discardableResult
  func run() throws -> Tensor {
    try optimizer.clearGradients()
    let precision: DType? = compute.precision == .bfloat16 ? .bfloat16 : nil
    let output = try withAutocast(precision, on: compute.device) { try model(batch.images) }
    let loss = try objective.terms(output, batch, at: StepContext(step: step)).total()
    try optimizer.update(learningRate: rate, clipping: nil) { _ in try loss.backward() }
    return loss
  }
}
