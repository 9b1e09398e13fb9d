import DataLoading
import Torch
import VisionModels

/// Teaches router which images need a further expert: binary cross-entropy of each gate, averaged over router and images.
///
/// The gate after expert `g` should say yes where the mean of the experts up to `g` is wrong and that of some longer prefix is right. What it
/// should say depends on scores through comparisons alone, so no gradient reaches them this way; everything but the router is frozen.
/// - Shapes: gate logits `[batch]`, one fewer than expert logits `[batch, classes]`.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, section 3, "routing".
public struct RoutingObjective: Objective {
  /// `routing`
  public let name = "routing"
  /// How much more an image counts that needs a further expert; they are few.
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
  /// - Throws: `ObjectiveError.noRouter` unless there is one gate fewer than experts, and at least one.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    let (experts, router) = (output.expertLogits.count, output.routerLogits.count)
    guard experts >= 2 else { throw ObjectiveError.expertCount(objective: name, expected: 2, actual: experts) }
    guard router == experts - 1 else {
      throw ObjectiveError.noRouter(objective: name, expected: experts - 1, actual: router)
    }
    let targets = try targets(expertLogits: output.expertLogits, labels: batch.labels)
    let losses = try elements(Tensor.stack(output.routerLogits.map(lossPrecision)), targets: targets)
    return [LossTerm(name, sum: try losses.sum(), denominator: .count(losses.elementCount))]
  }

  /// Whether the mean over the first `e + 1` experts is right, truth values `[experts, batch]`.
  public func isRight(expertLogits: [Tensor], labels: Tensor) throws -> Tensor {
    try withoutGradients {
      let means = try ExpertRouter.runningMeans(expertLogits.map { try lossPrecision($0.detached()) })
      return try Tensor.stack(means.map { try $0.indexOfMax(alongAxis: 1).equals(labels) })
    }
  }

  /// What each gate should say, 0 or 1 in the precision of losses, `[experts - 1, batch]`; without gradient.
  public func targets(expertLogits: [Tensor], labels: Tensor) throws -> Tensor {
    try withoutGradients {
      let right = try isRight(expertLogits: expertLogits, labels: labels)
      let experts = right.shape[0]
      var helps: [Tensor] = []
      var later = try right.selected(axis: 0, index: experts - 1)
      for gate in (0..<experts - 1).reversed() {
        let present = try right.selected(axis: 0, index: gate)
        helps.insert(try later.and(present.not()), at: 0)
        later = try later.or(present)
      }
      let dtype: DType = expertLogits.contains { $0.dtype == .float64 } ? .float64 : .float32
      return try Tensor.stack(helps).to(dtype)
    }
  }

  /// The loss of each gate and image, `-w t log(sigmoid(x)) - (1 - t) log(1 - sigmoid(x))`.
  public func elements(_ routerLogits: Tensor, targets: Tensor) throws -> Tensor {
    let (yes, no) = (try routerLogits.logSigmoid(), try (-routerLogits).logSigmoid())
    return try -(targets * yes * positiveWeight + (1.0 - targets) * no)
  }
}
