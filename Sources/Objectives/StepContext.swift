import Torch
import VisionModels

/// The state of a stage that a loss may use. The step counter lives on the device, so that a captured CUDA graph reads
/// its current value.
public struct StepContext {
  /// The step within the stage, from 0; int64 without axes.
  public let step: Tensor
  /// Steps per epoch, constant within a stage.
  public let stepsPerEpoch: Int
  /// The outputs of the stage's teachers for the same batch, in the order of the teachers, without gradients.
  public let teachers: [ModelOutput]

  /// Makes a context.
  public init(step: Tensor, stepsPerEpoch: Int = 1, teachers: [ModelOutput] = []) {
    self.step = step
    self.stepsPerEpoch = max(1, stepsPerEpoch)
    self.teachers = teachers
  }

  /// The epoch within the stage, from 0, computed on the device from the step; int64 without axes.
  public func epoch() throws -> Tensor { try step.dividedRoundingDown(by: stepsPerEpoch) }
}
