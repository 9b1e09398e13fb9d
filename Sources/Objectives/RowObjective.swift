import DataLoading
import Torch
import Transforms
import VisionModels

/// An objective with one loss per row of the logits, averaged over the batch, possibly with class weights.
public protocol RowObjective: Objective {
  /// The name in logs.
  var name: String { get }
  /// How rows are averaged.
  var averaging: RowAveraging { get }
  /// The logits with offsets or margins, in float32 or float64.
  func adjusted(_ logits: Tensor, labels: Tensor) throws -> Tensor
  /// The loss of each row, without class weights.
  /// - Shapes: adjusted logits `[batch, classes]` and labels `[batch]` to `[batch]`.
  func rows(_ adjusted: Tensor, labels: Tensor) throws -> Tensor
  /// The sum of all rows' losses with class weights; by default from `rows`.
  func sum(_ adjusted: Tensor, labels: Tensor) throws -> Tensor
  /// The loss of each row from a fused GPU kernel; nil without an enabled kernel that accepts the logits.
  /// - Parameters:
  ///   - logits: `[batch, classes]`, not adjusted.
  ///   - labels: `[batch]`
  ///   - areWeighted: whether rows are multiplied by class weights.
  func fusedRows(_ logits: Tensor, labels: Tensor, areWeighted: Bool) throws -> Tensor?
}

extension RowObjective {
  /// The logits in the precision of losses: float64 stays, everything else becomes float32.
  public func adjusted(_ logits: Tensor, labels: Tensor) throws -> Tensor { try lossPrecision(logits) }

  /// No kernel.
  public func fusedRows(_ logits: Tensor, labels: Tensor, areWeighted: Bool) throws -> Tensor? { nil }

  /// The weighted sum of the rows.
  public func sum(_ adjusted: Tensor, labels: Tensor) throws -> Tensor {
    let rows = try rows(adjusted, labels: labels)
    guard let weights = averaging.weights else { return try rows.sum() }
    return try (rows * weights.tensor(like: adjusted).entries(at: labels)).sum()
  }

  /// Yes: the losses for both labels are averaged by their shares.
  public var acceptsMixedLabels: Bool { true }

  /// One term of the model's logits.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    [try term(logits: output.logits, labels: batch.labels, mixed: batch.mixed)]
  }

  /// The term of logits `[batch, classes]`, labels `[batch]` and, for mixed images, the second label of each row.
  ///
  /// With mixed labels a row's loss is `share loss(label) + (1 - share) loss(other label)`; class weights are averaged
  /// in the same way, in the sum and in the divisor.
  public func term(logits: Tensor, labels: Tensor, mixed: MixedLabels?) throws -> LossTerm {
    guard let mixed else { return try term(logits: logits, labels: labels) }
    let parts = [(labels, mixed.ownShares), (mixed.others, try 1.0 - mixed.ownShares)]
    let sums = try parts.map { labels, shares in
      let losses =
        try fusedRows(logits, labels: labels, areWeighted: false)
        ?? rows(adjusted(logits, labels: labels), labels: labels)
      let weights = try averaging.weights.map { try $0.tensor(like: logits).entries(at: labels) * shares } ?? shares
      return (sum: try (losses * weights).sum(), weight: try weights.sum())
    }
    let sum = try sums[0].sum + sums[1].sum
    switch averaging {
    case .mean, .weightedByBatch: return LossTerm(name, sum: sum, denominator: .count(labels.elementCount))
    case .weightedMean:
      return LossTerm(name, sum: sum, denominator: .value(try sums[0].weight.detached() + sums[1].weight.detached()))
    }
  }

  /// The term of logits `[batch, classes]` and labels `[batch]`.
  public func term(logits: Tensor, labels: Tensor) throws -> LossTerm {
    let sum =
      try fusedRows(logits, labels: labels, areWeighted: true)?.sum()
      ?? sum(adjusted(logits, labels: labels), labels: labels)
    switch averaging {
    case .mean, .weightedByBatch: return LossTerm(name, sum: sum, denominator: .count(labels.elementCount))
    case .weightedMean(let weights):
      let total = try withoutGradients { try weights.tensor(like: logits).entries(at: labels).sum() }
      return LossTerm(name, sum: sum, denominator: .value(total))
    }
  }

  /// The averaged loss of logits `[batch, classes]` and labels `[batch]`, without axes.
  public func loss(logits: Tensor, labels: Tensor) throws -> Tensor { try term(logits: logits, labels: labels).mean() }
}

/// Logits in the precision of losses: float64 stays, everything else becomes float32.
func lossPrecision(_ logits: Tensor) throws -> Tensor {
  logits.dtype == .float64 ? logits : try logits.to(.float32)
}
