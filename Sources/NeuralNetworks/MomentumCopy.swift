import Torch

/// A second network whose parameters follow those of a first: `copy += (1 - momentum) (value - copy)` at every step.
/// Its buffers are its own: normalisation follows the batches that the copy sees.
///
/// - Source: Momentum Contrast for Unsupervised Visual Representation Learning, CVPR 2020, equation 2.
public final class MomentumCopy {
  /// The share of the copy that a step keeps.
  public let momentum: Double
  private let sources: [Tensor]
  private let copies: [Tensor]

  /// Makes the copy equal to the source, and takes its parameters out of training.
  /// - Parameters:
  ///   - copy: a network built like the source.
  ///   - source: the network that is trained.
  ///   - momentum: the share of the copy that a step keeps.
  /// - Throws: `WeightMismatch` when both are not built alike.
  public init(_ copy: Module, of source: Module, momentum: Double = 0.999) throws {
    self.momentum = momentum
    try copy.load(
      Dictionary(uniqueKeysWithValues: source.state.map { ($0.name, $0.tensor) }), source: "the network to be followed")
    for parameter in copy.allParameters { try parameter.tensor.requiringGradient(false) }
    copies = copy.allParameters.map(\.tensor)
    sources = try source.allParameters.map { try $0.tensor.detached() }
  }

  /// Follows the source by one step.
  public func update() throws {
    try withoutGradients { try TensorLists.interpolate(copies, towards: sources, weight: 1 - momentum) }
  }
}
