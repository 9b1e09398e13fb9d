import Torch

/// One term of a loss: a sum over samples and its divisor, which are accumulated separately over the parts of a batch.
public struct LossTerm {
  /// The name in logs.
  public var name: String
  /// The sum over the batch; without axes, differentiable.
  public var sum: Tensor
  /// The divisor, such as the number of samples or the sum of their weights; without axes and gradient.
  public var denominator: Denominator
  /// The factor in the total loss.
  public var weight: Double
  /// Whether the sum couples samples, so that a batch must not be split into parts.
  public var couplesSamples: Bool

  /// The divisor of a sum.
  public enum Denominator {
    /// A number known on the host.
    case count(Int)
    /// A value on the device.
    case value(Tensor)
  }

  /// Makes a term.
  public init(_ name: String, sum: Tensor, denominator: Denominator, weight: Double = 1, couplesSamples: Bool = false) {
    self.name = name
    self.sum = sum
    self.denominator = denominator
    self.weight = weight
    self.couplesSamples = couplesSamples
  }

  /// The sum divided by the denominator, without the weight.
  public func mean() throws -> Tensor {
    switch denominator {
    case .count(let count): try sum / Double(count)
    case .value(let value): try sum / value
    }
  }
}

extension [LossTerm] {
  /// The total loss: the weighted sum of the terms' means.
  /// - Throws: `EmptyObjective` without terms.
  public func total() throws -> Tensor {
    var result: Tensor?
    for term in self {
      let mean = try term.mean()
      let part = term.weight == 1 ? mean : try mean * term.weight
      result = try result.map { try $0 + part } ?? part
    }
    guard let result else { throw EmptyObjective() }
    return result
  }
}

/// An objective without terms.
public struct EmptyObjective: Error, CustomStringConvertible, Sendable {
  /// The message.
  public var description: String { "the objective has no terms, so there is no loss to minimise" }
}
