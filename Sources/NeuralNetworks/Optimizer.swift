import Torch

/// Parameters that are trained alike.
public struct ParameterGroup {
  /// The parameters with their paths.
  public var parameters: [NamedTensor]
  /// The decay of the weights.
  public var weightDecay: Double
  /// A factor on the learning rate.
  public var learningRateFactor: Double

  /// Makes a group.
  public init(_ parameters: [NamedTensor], weightDecay: Double, learningRateFactor: Double = 1) {
    self.parameters = parameters
    self.weightDecay = weightDecay
    self.learningRateFactor = learningRateFactor
  }

  /// Two groups: tensors with at least two axes with the decay, and vectors (biases, normalisation) without.
  public static func excludingVectorsFromDecay(_ parameters: [NamedTensor], weightDecay: Double) -> [ParameterGroup] {
    [
      ParameterGroup(parameters.filter { $0.tensor.rank > 1 }, weightDecay: weightDecay),
      ParameterGroup(parameters.filter { $0.tensor.rank <= 1 }, weightDecay: 0),
    ].filter { !$0.parameters.isEmpty }
  }
}

/// Changes parameters along their gradients.
///
/// All state lives on the device from the start, so that a step looks the same from the first one on and can be
/// captured.
public protocol Optimizer: AnyObject {
  /// What is trained.
  var groups: [ParameterGroup] { get }
  /// State that a resumed run needs, by name.
  var state: [NamedTensor] { get }
  /// Performs one update.
  ///
  /// - Parameters:
  ///   - learningRate: float32 without axes, on the parameters' device.
  ///   - clipping: a limit on the length of all gradients together, or nil.
  ///   - gradients: computes the gradients of the current weights and leaves them in the parameters. The argument
  ///     counts the passes over the same batch from 0: an optimiser that looks at a second point asks twice.
  func update(learningRate: Tensor, clipping: Double?, gradients: (_ pass: Int) throws -> Void) throws
}

extension Optimizer {
  /// Forgets the gradients of all groups, so that the next backward pass stores its own without adding.
  public func clearGradients() throws {
    for group in groups {
      for parameter in group.parameters { try parameter.tensor.setGradient(nil) }
    }
  }

  /// The gradients of a group in the order of its parameters.
  /// - Throws: `MissingGradient` for a parameter that no loss depends on.
  func gradients(of group: ParameterGroup) throws -> [Tensor] {
    try group.parameters.map {
      guard let gradient = $0.tensor.gradient else { throw MissingGradient(parameter: $0.name) }
      return gradient
    }
  }

  /// Scales all gradients down so that together they are no longer than `limit`, without host synchronisation.
  func clipGradients(_ limit: Double?) throws {
    guard let limit else { return }
    let all = try groups.flatMap { try gradients(of: $0) }
    let length = try TensorLists.norm(all)
    let factor = try ((length + 1e-6).reciprocal() * limit).clamped(from: nil, to: 1)
    try TensorLists.multiply(all, by: factor)
  }

  func scaled(_ learningRate: Tensor, for group: ParameterGroup) throws -> Tensor {
    group.learningRateFactor == 1 ? learningRate : try learningRate * group.learningRateFactor
  }
}

/// A trained parameter that no loss depends on.
public struct MissingGradient: Error, CustomStringConvertible, Sendable {
  /// The path of the parameter.
  public let parameter: String
  /// What happened and what to do.
  public var description: String {
    "parameter \(parameter) has no gradient: no loss depends on it; leave it out of the trained parameters or use it in the model"
  }
}
