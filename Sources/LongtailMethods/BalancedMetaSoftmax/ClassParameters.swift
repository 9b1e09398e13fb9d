import ModelTraining
import NeuralNetworks
import Torch

/// One learned parameter per class, which follows the meta gradient by Adam at a constant learning rate.
final class ClassParameters {
  private let values: Tensor
  private let optimizer: AdamW
  private let learningRate: Tensor
  private let limit: Double?

  /// - Parameters:
  ///   - parameters: what is learned, one tensor.
  ///   - settings: learning rate and limit.
  ///   - device: the device of the parameters.
  init(_ parameters: [NamedTensor], settings: MetaSettings, on device: Device) throws {
    values = parameters[0].tensor
    // Without decay this is Adam.
    optimizer = try AdamW([ParameterGroup(parameters, weightDecay: 0)])
    learningRate = try Tensor([Float(settings.learningRate)], on: device).reshaped([])
    limit = settings.scoreLimit
    state = parameters + optimizer.state
  }

  /// The parameters and the optimiser's moments.
  let state: [NamedTensor]

  /// One step down a gradient, `[classes]`.
  func follow(_ gradient: Tensor) throws {
    try optimizer.update(learningRate: learningRate, clipping: nil) { _ in try values.setGradient(gradient) }
    guard let limit else { return }
    try withoutGradients {
      let limited = try values.detached()
      try limited.copy(from: limited.clamped(from: -limit, to: limit))
    }
  }

  /// The parameters, for the log.
  func measurement() throws -> StageMeasurement { StageMeasurement("classParameters", try values.detached().doubles()) }
}
