import DataLoading
import Torch
import VisionModels

/// A training loss: named terms computed from a model's output and its batch.
///
/// An objective is a value. It knows neither optimiser nor device; constants such as class weights are copied to the
/// device of the logits.
public protocol Objective: Sendable {
  /// The terms of a batch.
  func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm]
  /// Checks, before training starts, that the loss is defined for all labels of the training set.
  func validate(labels: [Int32]) throws
  /// Whether the objective uses both labels of mixed images; stages with mixup or CutMix require it.
  var acceptsMixedLabels: Bool { get }
}

extension Objective {
  /// Accepts all labels.
  public func validate(labels: [Int32]) throws {}
  /// No.
  public var acceptsMixedLabels: Bool { false }
}
