import DataLoading
import Torch
import VisionModels

/// The loss of RIDE's router: binary cross-entropy of its logits, averaged over experts and images.
///
/// The target of the router after expert `g` is 1 where the mean logits of the experts up to `g` give a wrong
/// prediction and those up to some later expert a correct one. Targets have no gradient; everything but the router is
/// frozen.
/// - Shapes: router logits `[batch]` after each expert but the last; expert logits `[batch, classes]`.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, section 3, "routing".
public struct RoutingObjective: Objective {
  /// `routing`
  public let name = "routing"
  /// The weight of images that need a further expert, which are few, relative to the others.
  public let positiveWeight: Double

  /// Makes an objective.
  /// - Throws: `ObjectiveError.setting` for a weight that is not above 0.
  public init(positiveWeight: Double = 100) throws {
    guard positiveWeight > 0, positiveWeight.isFinite else {
      throw ObjectiveError.setting(
        name: "positive weight", value: "\(positiveWeight)", expected: "a finite number above 0")
    }
    self.positiveWeight = positiveWeight
  }

  /// One term.
  /// - Throws: `ObjectiveError.expertCount` below two experts, `ObjectiveError.noRouter` unless there are router logits
  ///   after each expert but the last.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    let (experts, routed) = (output.expertLogits.count, output.routerLogits.count)
    guard experts >= 2 else { throw ObjectiveError.expertCount(objective: name, expected: 2, actual: experts) }
    guard routed == experts - 1 else {
      throw ObjectiveError.noRouter(objective: name, expected: experts - 1, actual: routed)
    }
    let targets = try targets(expertLogits: output.expertLogits, labels: batch.labels)
    let losses = try elements(Tensor.stack(output.routerLogits.map(lossPrecision)), targets: targets)
    return [LossTerm(name, sum: try losses.sum(), denominator: .count(losses.elementCount))]
  }

  /// Whether the mean logits of the first `e + 1` experts give the correct prediction, bool `[experts, batch]`.
  public func isCorrect(expertLogits: [Tensor], labels: Tensor) throws -> Tensor {
    try withoutGradients {
      let means = try ExpertRouter.runningMeans(expertLogits.map { try lossPrecision($0.detached()) })
      return try Tensor.stack(means.map { try $0.indexOfMax(alongAxis: 1).equals(labels) })
    }
  }

  /// The targets of the router logits, 0 or 1 in the precision of losses, `[experts - 1, batch]`; without gradient.
  public func targets(expertLogits: [Tensor], labels: Tensor) throws -> Tensor {
    try withoutGradients {
      let correct = try isCorrect(expertLogits: expertLogits, labels: labels)
      let experts = correct.shape[0]
      var targets: [Tensor] = []
      var laterIsCorrect = try correct.selected(axis: 0, index: experts - 1)
      for expert in (0..<experts - 1).reversed() {
        let thisIsCorrect = try correct.selected(axis: 0, index: expert)
        targets.insert(try laterIsCorrect.and(thisIsCorrect.not()), at: 0)
        laterIsCorrect = try laterIsCorrect.or(thisIsCorrect)
      }
      let dtype: DType = expertLogits.contains { $0.dtype == .float64 } ? .float64 : .float32
      return try Tensor.stack(targets).to(dtype)
    }
  }

  /// The loss of each router logit `x` with target `t`, `-w t log(sigmoid(x)) - (1 - t) log(1 - sigmoid(x))`.
  public func elements(_ routerLogits: Tensor, targets: Tensor) throws -> Tensor {
    let (positive, negative) = (try routerLogits.logSigmoid(), try (-routerLogits).logSigmoid())
    return try -(targets * positive * positiveWeight + (1.0 - targets) * negative)
  }
}
