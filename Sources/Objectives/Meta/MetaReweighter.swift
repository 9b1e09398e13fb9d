import NeuralNetworks
import Torch

/// Learned class weights for samples that a sampler cannot draw, such as boxes: `sigmoid(psi[y])`, scaled to mean 1
/// over the batch.
///
/// Weights are computed from log-sigmoids, so that very small ones keep their ratios. They are differentiable in `psi`.
/// - Source: Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020, published code for instance
///   segmentation.
public final class MetaReweighter {
  /// The parameters `psi`, `[classes]`; initialised to 0, which gives equal weights.
  public let scores: Tensor

  /// Makes a reweighter with equal weights.
  /// - Throws: `ParameterError` without classes.
  public init(classes: Int, on device: Device = .cpu) throws {
    guard classes > 0 else { throw ParameterError("classes", "\(classes)", expected: "at least 1") }
    scores = try Tensor.zeros([classes], on: device).requiringGradient()
  }

  /// The learned parameters, as checkpoints name them.
  public var parameters: [NamedTensor] { [NamedTensor("class_scores", scores)] }

  /// The weights of samples.
  /// - Shapes: scores `[classes]`, labels `[samples]`, result `[samples]`.
  public static func weights(scores: Tensor, labels: Tensor) throws -> Tensor {
    let own = try scores.logSigmoid().entries(at: labels)
    return try own.softmax(alongAxis: 0) * Double(labels.elementCount)
  }

  /// The weights of samples.
  public func weights(labels: Tensor) throws -> Tensor { try MetaReweighter.weights(scores: scores, labels: labels) }
}
