import Datasets
import Torch

/// Softmax cross-entropy with the log prior of the training set added to the logits:
/// `-log(n[y]^tau exp(z[y]) / sum_j n[j]^tau exp(z[j]))`.
///
/// The network then learns logits for equally likely classes; use them without the prior at test time.
/// - Shapes: logits `[batch, classes]`, labels `[batch]`.
/// - Source: Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020, equation 4; Balanced Activation,
///   2020. With `tau` 1 it equals training with logit adjustment (Long-tail learning via logit adjustment, ICLR 2021).
public struct BalancedSoftmaxLoss: SoftmaxObjective {
  /// `balanced-softmax`
  public let name: String
  /// How rows are averaged.
  public let averaging: RowAveraging = .mean
  /// Added to the logit of each class: `tau` times the log prior of the class; minus infinity excludes a class.
  public let offset: ClassConstant

  /// Makes a loss.
  /// - Parameters:
  ///   - counts: training images per class.
  ///   - tau: the exponent of the counts.
  ///   - countFloor: the smallest count; with 0, classes without images are excluded (probability and gradient 0).
  ///   - name: the name of the term.
  /// - Throws: `ObjectiveError` when every class is excluded or a setting is not finite.
  public init(counts: [Int], tau: Double = 1, countFloor: Double = 0, name: String = "balanced-softmax") throws {
    guard tau.isFinite else { throw ObjectiveError.setting(name: "tau", value: "\(tau)", expected: "a finite number") }
    guard countFloor >= 0, countFloor.isFinite else {
      throw ObjectiveError.setting(
        name: "count floor", value: "\(countFloor)", expected: "a finite number of at least 0")
    }
    for (label, count) in counts.enumerated() where count < 0 {
      throw ObjectiveError.setting(name: "count of class \(label)", value: "\(count)", expected: "at least 0")
    }
    self.name = name
    offset = ClassConstant(try BalancedSoftmaxLoss.offsets(counts: counts, tau: tau, countFloor: countFloor))
  }

  /// Makes a loss for a training set.
  public init(_ classes: ClassDistribution, tau: Double = 1, countFloor: Double = 0) throws {
    try self.init(counts: classes.counts, tau: tau, countFloor: countFloor)
  }

  /// The logits plus the offset. The largest logit of each row is subtracted first: a prior added to large logits would
  /// be rounded away.
  public func adjusted(_ logits: Tensor, labels: Tensor) throws -> Tensor {
    let logits = try lossPrecision(logits)
    let largest = try logits.detached().max(alongAxes: [1], keepingAxes: true)
    return try (logits - largest) + offset.tensor(like: logits)
  }

  /// The offset alone: subtracting the largest logit does not change the loss.
  public func lossForm(for logits: Tensor) throws -> SoftmaxLossForm? {
    SoftmaxLossForm(offset: try offset.tensor(like: logits))
  }

  /// Refuses labels of excluded classes.
  public func validate(labels: [Int32]) throws {
    for (index, label) in labels.enumerated() {
      guard offset.values.indices.contains(Int(label)) else {
        throw ObjectiveError.setting(
          name: "label of sample \(index)", value: "\(label)", expected: "within 0..<\(offset.values.count)")
      }
      guard offset.values[Int(label)].isFinite else {
        throw ObjectiveError.labelOfExcludedClass(label: Int(label), index: index)
      }
    }
  }

  private static func offsets(counts: [Int], tau: Double, countFloor: Double) throws -> [Double] {
    let floored = counts.map { max(Double($0), countFloor) }
    let total = floored.reduce(0, +)
    guard total > 0 else { throw ObjectiveError.noClasses }
    return floored.map { $0 > 0 ? tau * logarithm($0 / total) : -.infinity }
  }
}
