import NeuralNetworks
import Torch

/// InfoNCE against a queue of keys, with the keys of the image's own class masked out of the negatives:
/// `-log(exp(q·k / T) / (exp(q·k / T) + sum over queue keys u of other classes of exp(q·u / T)))`.
///
/// All vectors are normalised to length 1. If every key of the queue is of the image's class the loss is 0. Keys and
/// queue get no gradient.
/// - Shapes: queries and keys `[batch, features]`, queue `[features, capacity]`, its labels `[capacity]`, labels
///   `[batch]`.
/// - Source: Self Supervision to Distillation for Long-Tailed Visual Recognition, ICCV 2021, section 3.1.
public struct MaskedContrastive: Sendable {
  /// `masked-contrastive`
  public let name = "masked-contrastive"
  /// The temperature `T`, above 0.
  public let temperature: Double
  /// Whether keys of the image's own class are masked out of the negatives.
  public let excludesOwnClass: Bool

  /// Makes a loss.
  /// - Throws: `ObjectiveError.setting` for a temperature that is not above 0.
  public init(temperature: Double = 0.2, excludesOwnClass: Bool = true) throws {
    guard temperature > 0, temperature.isFinite else {
      throw ObjectiveError.setting(name: "temperature", value: "\(temperature)", expected: "a finite number above 0")
    }
    self.temperature = temperature
    self.excludesOwnClass = excludesOwnClass
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
    let queue = try withoutGradients { try lossPrecision(queueKeys.detached()).directions(alongAxis: 0) }
    let negatives = try query.matrixProduct(queue.to(query.dtype)) * (1 / temperature)
    let mask = try isNegative(labels: labels, queueLabels: queueLabels)
    let masked = try negatives.selected(where: mask, else: -Double.infinity)
    let column = try positives.expandingAxis(1)
    return try Tensor.concatenation([column, masked], axis: 1).logSumExp(alongAxes: [1]) - positives
  }

  /// The logits of the positive pairs: the cosine of each query and its key, divided by the temperature, `[batch]`.
  public func positiveLogits(_ queries: Tensor, keys: Tensor) throws -> Tensor {
    let query = try lossPrecision(queries).directions(alongAxis: 1)
    let key = try withoutGradients { try lossPrecision(keys.detached()).directions(alongAxis: 1) }
    return try (query * key.to(query.dtype)).sum(alongAxes: [1]) * (1 / temperature)
  }

  /// Whether each key of the queue is a negative of each image, `[batch, capacity]`.
  public func isNegative(labels: Tensor, queueLabels: Tensor) throws -> Tensor {
    let shape = [labels.elementCount, queueLabels.elementCount]
    let own = try labels.expandingAxis(1).expanded(shape).equals(queueLabels.expandingAxis(0).expanded(shape))
    return excludesOwnClass ? try own.not() : try own.onesLike()
  }
}
