import FileAccess

/// Why a run ended early.
public enum TrainingError: Error, CustomStringConvertible, Sendable, Equatable {
  /// A loss term became infinite or not a number; the epoch counts from 1.
  case notFinite(stage: String, step: Int, epoch: Int, term: String, learningRate: Double, lastGood: String?)
  /// A tensor of the run's state became infinite or not a number: a weight, a running statistic, or a value of an optimiser.
  case stateNotFinite(stage: String, step: Int, epoch: Int, tensor: String, lastGood: String?)
  /// The run was asked to stop and has saved its state.
  case stopped(stage: String, step: Int, checkpoint: String?)

  /// What happened, where, and what to do.
  public var description: String {
    switch self {
    case .notFinite(let stage, let step, let epoch, let term, let learningRate, let lastGood):
      "the loss term '\(term)' is not finite at step \(step) (epoch \(epoch)) of stage '\(stage)', learning rate \(learningRate); "
        + (lastGood.map { "the state before it is in \($0); " } ?? "")
        + "use a lower learning rate, a longer warm-up, gradient clipping or --precision float32"
    case .stateNotFinite(let stage, let step, let epoch, let tensor, let lastGood):
      "the tensor '\(tensor.escapedForDisplay)' holds values that are not finite after step \(step) (epoch \(epoch)) of stage '\(stage)', "
        + "although the losses were finite; nothing was saved"
        + (lastGood.map { ", the state before it is in \($0)" } ?? "")
        + "; use a lower learning rate, gradient clipping or --precision float32"
    case .stopped(let stage, let step, let checkpoint):
      "stopped after step \(step) of stage '\(stage)'" + (checkpoint.map { "; the state is in \($0)" } ?? "")
    }
  }
}
