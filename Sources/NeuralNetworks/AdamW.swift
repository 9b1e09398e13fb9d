import Torch

/// Adam with decoupled weight decay.
///
/// - Source: Decoupled Weight Decay Regularization, ICLR 2019, algorithm 2.
public final class AdamW: Optimizer {
  /// What is trained.
  public let groups: [ParameterGroup]
  private let betas: (Double, Double)
  private let epsilon: Double
  private let firstMoments: [[Tensor]]
  private let secondMoments: [[Tensor]]
  private let steps: [[Tensor]]

  /// Makes an optimiser with moments of zero.
  public init(_ groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8) throws {
    self.groups = groups
    self.betas = betas
    self.epsilon = epsilon
    func zeros() throws -> [[Tensor]] {
      try groups.map { try $0.parameters.map { try $0.tensor.detached().zerosLike() } }
    }
    firstMoments = try zeros()
    secondMoments = try zeros()
    steps = try groups.map { try $0.parameters.map { try Tensor.zeros([], on: $0.tensor.device) } }
  }

  /// Moments and counts, as `first_moment.<parameter>`, `second_moment.<parameter>` and `step.<parameter>`.
  public var state: [NamedTensor] {
    groups.indices.flatMap { group in
      groups[group].parameters.indices.flatMap { index in
        let name = groups[group].parameters[index].name
        return [
          NamedTensor("first_moment." + name, firstMoments[group][index]),
          NamedTensor("second_moment." + name, secondMoments[group][index]),
          NamedTensor("step." + name, steps[group][index]),
        ]
      }
    }
  }

  /// Computes the gradients once and steps along them.
  public func update(learningRate: Tensor, clipping: Double?, gradients: (Int) throws -> Void) throws {
    try gradients(0)
    try clipGradients(clipping)
    try withoutGradients {
      for index in groups.indices {
        for step in steps[index] { try step.add(1) }
        try TensorLists.stepAdamW(
          groups[index].parameters.map(\.tensor), gradients: self.gradients(of: groups[index]),
          firstMoments: firstMoments[index], secondMoments: secondMoments[index], steps: steps[index],
          learningRate: scaled(learningRate, for: groups[index]), betas: betas, weightDecay: groups[index].weightDecay,
          epsilon: epsilon)
      }
    }
  }
}
