import Torch

/// One step of stochastic gradient descent that changes nothing and stays differentiable: `g += weightDecay w`, `v =
/// momentum v + g`, `w' = w - learningRate v`.
public struct VirtualSGDStep {
  /// The learning rate, without axes, on the parameters' device.
  public let learningRate: Tensor
  /// The share of the velocity that is kept.
  public let momentum: Double
  /// The decay of the weights.
  public let weightDecay: Double

  /// Makes a step.
  public init(learningRate: Tensor, momentum: Double = 0, weightDecay: Double = 0) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// The parameters after the step.
  /// - Parameters:
  ///   - parameters: the parameters before it.
  ///   - gradients: their gradients, which may be part of a graph.
  ///   - velocities: what the real optimiser holds at present, one a parameter; nil where it holds none yet.
  public func callAsFunction(
    _ parameters: [Tensor], gradients: [Tensor], velocities: [Tensor]? = nil
  ) throws -> [Tensor] {
    precondition(parameters.count == gradients.count && velocities?.count ?? parameters.count == parameters.count)
    return try parameters.indices.map { index in
      var direction = gradients[index]
      if weightDecay != 0 { direction = try direction + parameters[index] * weightDecay }
      if momentum != 0, let velocities { direction = try direction + velocities[index] * momentum }
      return try parameters[index] - direction * learningRate
    }
  }
}
