import ModelTraining
import Serialization
import Torch

/// The device, the arithmetic and the execution that a run asks for, by name, as `run.json` keeps them.
public struct RunCompute: Settings {
  /// `auto`, `cpu`, `cuda`, `cuda:0`, …
  public var device = "auto"
  /// `auto`, `float32` or `bfloat16`.
  public var precision = "auto"
  /// Threads inside one operation; 0 for the engine's own choice.
  public var threads = 0
  /// Whether training steps are captured as CUDA graphs.
  public var cudaGraphs = false
  /// Training steps per graph replay.
  public var stepsPerReplay = 1
  /// `auto`, `plain` or `fused`: whether the package's own fused kernels are used.
  public var kernels = "auto"
  /// Whether a GPU may compute float32 products in TF32.
  public var allowsTF32 = false
  /// Whether only deterministic GPU algorithms are used.
  public var isDeterministic = false

  /// The defaults.
  public init() {}

  /// The device itself, with its settings; sets the engine's thread count if a number is asked for.
  ///
  /// - Throws: `TorchError.device` for an unknown name, and for a device that this machine does not have.
  public func settings() throws -> ComputeSettings {
    try Engine.verify()
    if threads > 0 { try Engine.setThreadCount(threads) }
    var precision: ComputeSettings.Precision?
    if self.precision != "auto" {
      guard let known = ComputeSettings.Precision(rawValue: self.precision) else {
        throw TorchError.device("unknown precision '\(self.precision)'; use auto, float32 or bfloat16")
      }
      precision = known
    }
    var settings = ComputeSettings(device: try Device(named: device), precision: precision)
    if kernels != "auto" {
      guard let known = ComputeSettings.Kernels(rawValue: kernels) else {
        throw TorchError.device("unknown kernels '\(kernels)'; use auto, plain or fused")
      }
      settings.kernels = known
    }
    settings.capturesSteps = cudaGraphs
    settings.stepsPerReplay = stepsPerReplay
    settings.usesTF32 = allowsTF32
    settings.isDeterministic = isDeterministic
    return settings
  }
}
