import Torch

/// Follows the gradient at the worst nearby point instead of the one at the weights themselves: the weights move
/// `radius` along their gradient, the gradient is computed again there, and the base optimiser applies it to the
/// weights moved back.
///
/// - Source: Sharpness-Aware Minimization for Efficiently Improving Generalization, ICLR 2021, equation 2.
public final class SharpnessAwareMinimization: Optimizer {
  private let base: any Optimizer
  private let radius: Double

  /// Wraps an optimiser.
  /// - Parameters:
  ///   - base: the optimiser that makes the step.
  ///   - radius: the Euclidean length of the excursion over all weights together.
  public init(_ base: any Optimizer, radius: Double = 0.05) {
    self.base = base
    self.radius = radius
  }

  /// What the base optimiser trains.
  public var groups: [ParameterGroup] { base.groups }
  /// The base optimiser's state.
  public var state: [NamedTensor] { base.state }

  /// Computes the gradients twice and steps along the second.
  public func update(learningRate: Tensor, clipping: Double?, gradients: (Int) throws -> Void) throws {
    try base.update(learningRate: learningRate, clipping: clipping) { _ in
      try gradients(0)
      let parameters = groups.flatMap { $0.parameters.map(\.tensor) }
      let (origin, excursion) = try withoutGradients {
        let slopes = try groups.flatMap { try self.gradients(of: $0) }
        let factor = try (TensorLists.norm(slopes) + 1e-12).reciprocal() * radius
        return (try parameters.map { try $0.detached().clone() }, try slopes.map { try $0 * factor })
      }
      try withoutGradients { try TensorLists.add(parameters, excursion) }
      try clearGradients()
      try gradients(1)
      // Copying the kept weights back is exact; subtracting the excursion would not be.
      try withoutGradients { try TensorLists.copy(parameters, from: origin) }
    }
  }
}
