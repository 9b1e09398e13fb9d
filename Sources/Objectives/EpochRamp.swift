import Torch

/// A linear warm-up by epochs of a loss weight: `min((epoch + 1) / epochs, 1)`, epochs from 0.
public struct EpochRamp: Sendable, Equatable {
  /// The length of the warm-up; its last epoch has factor 1. 0 for none.
  public let epochs: Int

  /// Makes a ramp.
  /// - Throws: `ObjectiveError.setting` for a number below 0.
  public init(epochs: Int) throws {
    guard epochs >= 0 else {
      throw ObjectiveError.setting(name: "epochs of the ramp", value: "\(epochs)", expected: "at least 0")
    }
    self.epochs = epochs
  }

  /// The factor at a step, computed on the device; without axes.
  public func factor(at step: StepContext, dtype: DType = .float32) throws -> Tensor {
    try withoutGradients {
      guard epochs > 0 else { return try step.step.onesLike().to(dtype) }
      let passed = try (step.epoch() + 1).to(dtype)
      return try (passed * (1 / Double(epochs))).clamped(from: nil, to: 1)
    }
  }
}
