import Torch

/// Stochastic gradient descent with momentum: `v = momentum v + g + weightDecay w`, `w -= learningRate v`; with
/// Nesterov's momentum `w -= learningRate (g + weightDecay w + momentum v)`.
public final class SGD: Optimizer {
  /// How the update is computed.
  public enum Implementation: String, Sendable, Codable {
    /// One fused call for all parameters of a group.
    case fused
    /// A few operations per parameter, in PyTorch's order.
    case perTensor
  }

  /// What is trained.
  public let groups: [ParameterGroup]
  private let momentum: Double
  private let isNesterov: Bool
  private let implementation: Implementation
  private let velocities: [[Tensor]]

  /// Makes an optimiser with velocities of zero.
  public init(
    _ groups: [ParameterGroup], momentum: Double = 0.9, isNesterov: Bool = false,
    implementation: Implementation = .fused
  ) throws {
    self.groups = groups
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.implementation = implementation
    velocities = try groups.map { try $0.parameters.map { try $0.tensor.detached().zerosLike() } }
  }

  /// The velocities, as `momentum.<parameter>`.
  public var state: [NamedTensor] {
    zip(groups, velocities).flatMap { group, velocities in
      zip(group.parameters, velocities).map { NamedTensor("momentum." + $0.name, $1) }
    }
  }

  /// Computes the gradients once and steps along them.
  public func update(learningRate: Tensor, clipping: Double?, gradients: (Int) throws -> Void) throws {
    try gradients(0)
    try clipGradients(clipping)
    try withoutGradients {
      for (group, velocities) in zip(groups, velocities) {
        let parameters = group.parameters.map(\.tensor)
        let rate = try scaled(learningRate, for: group)
        let slopes = try self.gradients(of: group)
        switch implementation {
        case .fused:
          try TensorLists.stepSGD(
            parameters, gradients: slopes, momenta: velocities, learningRate: rate, momentum: momentum,
            weightDecay: group.weightDecay, isNesterov: isNesterov)
        case .perTensor:
          try stepEach(parameters, slopes, velocities, rate: rate, weightDecay: group.weightDecay)
        }
      }
    }
  }

  private func stepEach(
    _ parameters: [Tensor], _ slopes: [Tensor], _ velocities: [Tensor], rate: Tensor, weightDecay: Double
  ) throws {
    let rate = try rate.item()
    for ((parameter, slope), velocity) in zip(zip(parameters, slopes), velocities) {
      let decayed = try weightDecay == 0 ? slope : slope.plus(parameter, scale: weightDecay)
      try velocity.multiply(by: momentum)
      try velocity.add(decayed)
      let direction = try isNesterov ? decayed.plus(velocity, scale: momentum) : velocity
      try parameter.add(direction, scale: -rate)
    }
  }
}
