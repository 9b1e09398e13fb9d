import DataLoading
import Torch
import Transforms
import VisionModels

/// An objective with one loss per image, averaged over the batch, possibly with class weights.
public protocol RowObjective: Objective {
  /// The name in logs.
  var name: String { get }
  /// How rows are averaged.
  var averaging: RowAveraging { get }
  /// Scores as the loss sees them: with offsets or margins, in float32 or float64.
  func adjusted(_ logits: Tensor, labels: Tensor) throws -> Tensor
  /// The loss of each row, without class weights.
  /// - Shapes: adjusted logits `[batch, classes]` and labels `[batch]` to `[batch]`.
  func rows(_ adjusted: Tensor, labels: Tensor) throws -> Tensor
  /// The sum of all rows' losses with their class weights; by default from `rows`.
  func sum(_ adjusted: Tensor, labels: Tensor) throws -> Tensor
  /// The loss of each row from one kernel of a GPU; nil where there is none that is enabled and can take the logits.
  /// - Parameters:
  ///   - logits: `[batch, classes]`, not adjusted.
  ///   - labels: `[batch]`
  ///   - areWeighted: whether rows get their class weights.
  func fusedRows(_ logits: Tensor, labels: Tensor, areWeighted: Bool) throws -> Tensor?
}

/// How the losses of rows become one value.
public enum RowAveraging: Sendable {
  /// The plain mean.
  case mean
  /// Weighted by class, divided by the weights present in the batch.
  case weightedMean(ClassConstant)
  /// Weighted by class, divided by the number of rows.
  case weightedByBatch(ClassConstant)

  /// The class weights, if there are any.
  public var weights: ClassConstant? {
    switch self {
    case .mean: nil
    case .weightedMean(let weights), .weightedByBatch(let weights): weights
    }
  }
}

extension RowObjective {
  /// The scores in the precision of losses: float64 stays, everything else becomes float32.
  public func adjusted(_ logits: Tensor, labels: Tensor) throws -> Tensor { try lossPrecision(logits) }

  /// None.
  public func fusedRows(_ logits: Tensor, labels: Tensor, areWeighted: Bool) throws -> Tensor? { nil }

  /// The weighted sum of the rows.
  public func sum(_ adjusted: Tensor, labels: Tensor) throws -> Tensor {
    let rows = try rows(adjusted, labels: labels)
    guard let weights = averaging.weights else { return try rows.sum() }
    return try (rows * weights.beside(adjusted).entries(at: labels)).sum()
  }

  /// Yes: the losses of both labels, by their shares.
  public var acceptsMixedLabels: Bool { true }

  /// One term over the model's logits.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    [try term(logits: output.logits, labels: batch.labels, mixed: batch.mixed)]
  }

  /// The term for some logits `[batch, classes]`, labels `[batch]`, and the labels that were mixed in.
  ///
  /// Each row's loss is that of its own label times its share plus that of the other label times the rest; so are class weights, in the
  /// sum as well as in a divisor that adds them up.
  public func term(logits: Tensor, labels: Tensor, mixed: MixedLabels?) throws -> LossTerm {
    guard let mixed else { return try term(logits: logits, labels: labels) }
    let parts = [(labels, mixed.ownShares), (mixed.others, try 1.0 - mixed.ownShares)]
    let sums = try parts.map { labels, shares in
      let losses =
        try fusedRows(logits, labels: labels, areWeighted: false)
        ?? rows(adjusted(logits, labels: labels), labels: labels)
      let weights = try averaging.weights.map { try $0.beside(logits).entries(at: labels) * shares } ?? shares
      return (sum: try (losses * weights).sum(), weight: try weights.sum())
    }
    let sum = try sums[0].sum + sums[1].sum
    switch averaging {
    case .mean, .weightedByBatch: return LossTerm(name, sum: sum, denominator: .count(labels.elementCount))
    case .weightedMean:
      return LossTerm(name, sum: sum, denominator: .value(try sums[0].weight.detached() + sums[1].weight.detached()))
    }
  }

  /// The term for some logits `[batch, classes]` and labels `[batch]`.
  public func term(logits: Tensor, labels: Tensor) throws -> LossTerm {
    let sum =
      try fusedRows(logits, labels: labels, areWeighted: true)?.sum()
      ?? sum(adjusted(logits, labels: labels), labels: labels)
    switch averaging {
    case .mean, .weightedByBatch: return LossTerm(name, sum: sum, denominator: .count(labels.elementCount))
    case .weightedMean(let weights):
      let present = try withoutGradients { try weights.beside(logits).entries(at: labels).sum() }
      return LossTerm(name, sum: sum, denominator: .value(present))
    }
  }

  /// The mean loss of some logits.
  public func loss(logits: Tensor, labels: Tensor) throws -> Tensor { try term(logits: logits, labels: labels).mean() }
}

/// A row objective whose rows are the softmax cross-entropy of its adjusted scores.
public protocol SoftmaxObjective: RowObjective {
  /// The share of the target that is spread evenly over all classes.
  var labelSmoothing: Double { get }
  /// How `adjusted` changes logits, as a form without weights and smoothing; nil for something that has none.
  func scoreForm(beside logits: Tensor) throws -> SoftmaxLossForm?
}

extension SoftmaxObjective {
  /// None: the plain operations are used.
  public func scoreForm(beside logits: Tensor) throws -> SoftmaxLossForm? { nil }

  /// From the objective's form.
  public func fusedRows(_ logits: Tensor, labels: Tensor, areWeighted: Bool) throws -> Tensor? {
    guard FusedKernels.launcher(for: .softmaxLoss, on: logits.device) != nil, var form = try scoreForm(beside: logits)
    else { return nil }
    form.weights = areWeighted ? try averaging.weights?.beside(logits) : nil
    form.labelSmoothing = labelSmoothing
    return try logits.fusedSoftmaxLosses(labels, form: form)
  }

  /// No smoothing.
  public var labelSmoothing: Double { 0 }

  /// The cross-entropy of each row.
  public func rows(_ adjusted: Tensor, labels: Tensor) throws -> Tensor {
    try adjusted.crossEntropy(labels, reduction: .none, labelSmoothing: labelSmoothing)
  }

  /// The engine's fused sum. With smoothing it would weight every class's part of the target instead of the row.
  public func sum(_ adjusted: Tensor, labels: Tensor) throws -> Tensor {
    if labelSmoothing > 0, let weights = averaging.weights {
      return try (rows(adjusted, labels: labels) * weights.beside(adjusted).entries(at: labels)).sum()
    }
    return try adjusted.crossEntropy(
      labels, weights: averaging.weights?.beside(adjusted), reduction: .sum, labelSmoothing: labelSmoothing)
  }
}

func lossPrecision(_ logits: Tensor) throws -> Tensor {
  logits.dtype == .float64 ? logits : try logits.to(.float32)
}
