import NeuralNetworks
import Torch

/// Tells an image's second view from other images, without calling images of its own class others.
///
/// `-log(exp(q·k / T) / (exp(q·k / T) + sum over queue keys u of other classes of exp(q·u / T)))`, all vectors with length 1. Where every key
/// of the queue is of the image's class the loss is 0. Keys and queue get no gradient.
/// - Shapes: queries and keys `[batch, features]`, queue `[features, capacity]`, its labels `[capacity]`, labels `[batch]`.
/// - Source: Self Supervision to Distillation for Long-Tailed Visual Recognition, ICCV 2021, section 3.1.
public struct MaskedContrastive: Sendable {
  /// `masked-contrastive`
  public let name = "masked-contrastive"
  /// The temperature `T`, above 0.
  public let temperature: Double
  /// Whether keys of the image's own class are left out of the others.
  public let leavesOutOwnClass: Bool

  /// Makes a loss.
  /// - Throws: `ObjectiveError.setting` for a temperature that is not above 0.
  public init(temperature: Double = 0.2, leavesOutOwnClass: Bool = true) throws {
    guard temperature > 0, temperature.isFinite else {
      throw ObjectiveError.setting(name: "temperature", value: "\(temperature)", expected: "a finite number above 0")
    }
    self.temperature = temperature
    self.leavesOutOwnClass = leavesOutOwnClass
  }

  /// The term of a batch against a queue, before the batch's keys are pushed.
  public func term(queries: Tensor, keys: Tensor, labels: Tensor, queue: FeatureQueue) throws -> LossTerm {
    let rows = try rows(
      queries: queries, keys: keys, labels: labels, queueKeys: queue.keys, queueLabels: queue.labels)
    return LossTerm(name, sum: try rows.sum(), denominator: .count(labels.elementCount))
  }

  /// The loss of each row, `[batch]`.
  public func rows(
    queries: Tensor, keys: Tensor, labels: Tensor, queueKeys: Tensor, queueLabels: Tensor
  ) throws -> Tensor {
    let query = try lossPrecision(queries).directions(alongAxis: 1)
    let positives = try positiveLogits(query, keys: keys)
    let others = try withoutGradients { try lossPrecision(queueKeys.detached()).directions(alongAxis: 0) }
    let scores = try query.matrixProduct(others.to(query.dtype)) * (1 / temperature)
    let kept = try isOther(labels: labels, queueLabels: queueLabels)
    let masked = try scores.selected(where: kept, else: -Double.infinity)
    let column = try positives.expandingAxis(1)
    return try Tensor.concatenation([column, masked], axis: 1).logSumExp(alongAxes: [1]) - positives
  }

  /// The cosine of each query and its key over the temperature, `[batch]`.
  public func positiveLogits(_ queries: Tensor, keys: Tensor) throws -> Tensor {
    let query = try lossPrecision(queries).directions(alongAxis: 1)
    let key = try withoutGradients { try lossPrecision(keys.detached()).directions(alongAxis: 1) }
    return try (query * key.to(query.dtype)).sum(alongAxes: [1]) * (1 / temperature)
  }

  /// Where a key of the queue counts as another image, `[batch, capacity]`.
  public func isOther(labels: Tensor, queueLabels: Tensor) throws -> Tensor {
    let shape = [labels.elementCount, queueLabels.elementCount]
    let own = try labels.expandingAxis(1).expanded(shape).equals(queueLabels.expandingAxis(0).expanded(shape))
    return leavesOutOwnClass ? try own.not() : try own.onesLike()
  }
}
