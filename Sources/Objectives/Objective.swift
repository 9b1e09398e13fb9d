import DataLoading
import Torch
import VisionModels

/// What training minimises: named terms from a model's output and its batch.
///
/// An objective is a value. It knows neither optimiser nor device; constants such as class weights follow the logits' device.
public protocol Objective: Sendable {
  /// The terms of a batch.
  func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm]
  /// Refuses labels for which the objective has no value, before training starts.
  func validate(labels: [Int32]) throws
  /// Whether the objective takes the labels of mixed images into account; a stage that mixes needs that.
  var acceptsMixedLabels: Bool { get }
}

extension Objective {
  /// Accepts all labels.
  public func validate(labels: [Int32]) throws {}
  /// No.
  public var acceptsMixedLabels: Bool { false }
}

/// Where training is: counters that live on the device, so that a captured step can read them.
public struct StepContext {
  /// The step within the stage, from 0; int64 without axes.
  public let step: Tensor
  /// The steps of an epoch of the stage, which stay the same throughout it.
  public let stepsPerEpoch: Int
  /// What the stage's teachers say of the same batch, in their order, without gradients; empty without teachers.
  public let teachers: [ModelOutput]

  /// Makes a context.
  public init(step: Tensor, stepsPerEpoch: Int = 1, teachers: [ModelOutput] = []) {
    self.step = step
    self.stepsPerEpoch = max(1, stepsPerEpoch)
    self.teachers = teachers
  }

  /// The epoch within the stage, from 0, computed on the device from the step; int64 without axes.
  public func epoch() throws -> Tensor { try step.dividedRoundingDown(by: stepsPerEpoch) }
}

/// One part of a loss: a sum over samples, and what it is divided by once everything that belongs to a step has been added up.
public struct LossTerm {
  /// The name in logs.
  public var name: String
  /// The sum over the batch; without axes, differentiable.
  public var sum: Tensor
  /// The divisor, such as the number of samples or the sum of their weights; without axes, no gradient.
  public var denominator: Denominator
  /// The factor in the total.
  public var weight: Double
  /// Whether the sum couples samples, so that a batch must not be divided.
  public var couplesSamples: Bool

  /// What a sum is divided by.
  public enum Denominator {
    /// A number known beforehand.
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
  /// The weighted sum of all means.
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
  /// What is wrong.
  public var description: String { "the objective has no terms, so there is nothing to minimise" }
}
