import Torch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Softmax cross-entropy of logits with a multiple of the log prior added: `z + exponent log(n)`.
///
/// The larger the exponent, the more the expert's logits favour rare classes at test time; with a negative one they
/// favour frequent classes. With 1 it is Balanced Softmax.
/// - Shapes: logits `[batch, classes]`, labels `[batch]`.
/// - Source: MDCS: More Diverse Experts with Consistency Self-distillation for Long-tailed Recognition, ICCV 2023,
///   "diversity loss".
public struct PriorShiftedSoftmax: SoftmaxObjective {
  /// `prior-shifted-softmax`
  public let name = "prior-shifted-softmax"
  /// The mean over rows.
  public let averaging: RowAveraging = .mean
  /// The factor of the log prior.
  public let exponent: Double
  /// Added to the logit of each class.
  public let offset: ClassConstant

  /// Makes a loss.
  /// - Parameters:
  ///   - prior: counts or shares of the classes, above 0.
  ///   - exponent: the factor of their logarithm.
  ///   - logFloor: added to `prior^exponent` before the logarithm; the published code adds 1e-9, which limits the
  ///     offset of rare classes if `prior` holds shares. 0 gives `exponent log(prior)` exactly.
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

  /// The logits plus the offset; see `adjusted(_:)`.
  public func adjusted(_ logits: Tensor, labels: Tensor) throws -> Tensor { try adjusted(logits) }

  /// The logits plus the offset. The largest logit of each row is subtracted first: an offset added to large logits
  /// would be rounded away.
  public func adjusted(_ logits: Tensor) throws -> Tensor {
    let logits = try lossPrecision(logits)
    let largest = try logits.detached().max(alongAxes: [1], keepingAxes: true)
    return try (logits - largest) + offset.tensor(like: logits)
  }

  /// The offset alone: subtracting the largest logit does not change the loss.
  public func lossForm(for logits: Tensor) throws -> SoftmaxLossForm? {
    SoftmaxLossForm(offset: try offset.tensor(like: logits))
  }
}
