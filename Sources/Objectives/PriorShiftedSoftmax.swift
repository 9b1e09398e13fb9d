import Torch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Softmax cross-entropy with an expert's own multiple of the log prior added to the logits: `z + exponent log(n)`.
///
/// The greater the exponent, the more the plain logits favour rare classes at test time; below 0 they favour frequent ones. With 1 it is
/// Balanced Softmax.
/// - Shapes: logits `[batch, classes]`, labels `[batch]`.
/// - Source: MDCS: More Diverse Experts with Consistency Self-distillation for Long-tailed Recognition, ICCV 2023, "diversity loss".
public struct PriorShiftedSoftmax: SoftmaxObjective {
  /// `prior-shifted-softmax`
  public let name = "prior-shifted-softmax"
  /// The plain mean.
  public let averaging: RowAveraging = .mean
  /// The multiple of the log prior.
  public let exponent: Double
  /// What is added to each class's logit.
  public let offset: ClassConstant

  /// Makes a loss.
  /// - Parameters:
  ///   - prior: counts or shares of the classes, above 0.
  ///   - exponent: the multiple of their logarithm.
  ///   - logFloor: what is added to `prior^exponent` below the logarithm; the published code adds 1e-9, which flattens rare classes when
  ///     shares are given. 0 takes `exponent log(prior)` exactly.
  /// - Throws: `ObjectiveError.setting` for a value outside its range.
  public init(prior: [Double], exponent: Double, logFloor: Double = 0) throws {
    guard exponent.isFinite else {
      throw ObjectiveError.setting(name: "prior exponent", value: "\(exponent)", expected: "a finite number")
    }
    guard logFloor >= 0, logFloor.isFinite else {
      throw ObjectiveError.setting(name: "log floor", value: "\(logFloor)", expected: "a finite number of at least 0")
    }
    for (label, value) in prior.enumerated() where !(value > 0 && value.isFinite) {
      throw ObjectiveError.setting(
        name: "prior of class \(label)", value: "\(value)", expected: "a finite number above 0; raise the count floor")
    }
    self.exponent = exponent
    offset = ClassConstant(
      prior.map { logFloor > 0 ? log(pow($0, exponent) + logFloor) : exponent * log($0) })
  }

  /// Makes a loss for training images per class, each counted at least `countFloor` times.
  public init(counts: [Int], exponent: Double, countFloor: Double = 1, logFloor: Double = 0) throws {
    try self.init(prior: counts.map { max(Double($0), countFloor) }, exponent: exponent, logFloor: logFloor)
  }

  /// The logits, shifted so that the largest of each row is 0 (adding the prior to large numbers would lose it), plus the offset.
  public func adjusted(_ logits: Tensor, labels: Tensor) throws -> Tensor { try adjusted(logits) }

  /// The same; labels do not matter.
  public func adjusted(_ logits: Tensor) throws -> Tensor {
    let scores = try lossPrecision(logits)
    let largest = try scores.detached().max(alongAxes: [1], keepingAxes: true)
    return try (scores - largest) + offset.beside(scores)
  }

  /// The offset; the shift changes no loss.
  public func scoreForm(beside logits: Tensor) throws -> SoftmaxLossForm? {
    SoftmaxLossForm(offset: try offset.beside(logits))
  }
}
