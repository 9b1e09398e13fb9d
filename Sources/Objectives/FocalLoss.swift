import Torch

/// Focal loss, `(1 - p)^gamma CE` with `p = exp(-CE)`, averaged over rows: easy rows have less weight.
///
/// - Source: Focal Loss for Dense Object Detection, ICCV 2017, in its softmax form.
public struct FocalLoss: RowObjective {
  /// Where class weights `w` enter.
  public enum WeightMode: String, Sendable, Codable {
    /// `w (1 - p)^gamma CE`
    case standard
    /// `(1 - p)^gamma w CE` with `p = exp(-w CE)`, as in some published long-tail code.
    case weightInside = "weight_inside"
  }

  /// `focal`
  public let name = "focal"
  /// The mean over rows, weighted by class in `standard` mode.
  public let averaging: RowAveraging
  private let gamma: Double
  private let insideWeights: ClassConstant?

  /// Makes a loss.
  /// - Parameters:
  ///   - gamma: the focusing parameter; 0 is cross-entropy.
  ///   - classWeights: one weight per class, used as given, or nil.
  ///   - mode: where class weights enter.
  public init(gamma: Double = 2, classWeights: [Double]? = nil, mode: WeightMode = .standard) throws {
    guard gamma >= 0, gamma.isFinite else {
      throw ObjectiveError.setting(name: "gamma", value: "\(gamma)", expected: "a finite number of at least 0")
    }
    for (label, weight) in (classWeights ?? []).enumerated() where !(weight >= 0 && weight.isFinite) {
      throw ObjectiveError.setting(
        name: "weight of class \(label)", value: "\(weight)", expected: "a finite number of at least 0")
    }
    self.gamma = gamma
    let weights = classWeights.map(ClassConstant.init)
    insideWeights = mode == .weightInside ? weights : nil
    averaging = mode == .standard ? weights.map(RowAveraging.weightedByBatch) ?? .mean : .mean
  }

  /// The focal loss of each row.
  public func rows(_ adjusted: Tensor, labels: Tensor) throws -> Tensor {
    var entropy = try adjusted.crossEntropy(labels, reduction: .none)
    if let insideWeights { entropy = try entropy * insideWeights.tensor(like: adjusted).entries(at: labels) }
    return try FocalLoss.modulated(entropy, gamma: gamma)
  }

  /// `(1 - e^-c)^gamma c` for a cross-entropy `c`. Autograd would give infinity times zero at `c = 0` for `gamma < 1`;
  /// the closed form `q^gamma (1 + gamma p c / q)` with `p = e^-c`, `q = 1 - p` has the limit 0 there.
  package static func modulated(_ entropy: Tensor, gamma: Double) throws -> Tensor {
    guard gamma > 0 else { return entropy }
    let function = DifferentiableFunction("focal modulation", isTwiceDifferentiable: true) { inputs in
      [try (-(-inputs[0]).expMinusOne()).power(gamma) * inputs[0]]
    } backward: { gradients, saved in
      guard let gradient = gradients.first ?? nil else { return [nil] }
      let entropy = saved[0]
      let p = try (-entropy).exp()
      let q = try -(-entropy).expMinusOne()
      // For q = 0 the derivative is 0; dividing by 1 there keeps infinities out of the value that is not selected.
      let isPositive = try q.isGreater(than: 0)
      let divisor = try q.selected(where: isPositive, else: 1)
      let derivative = try divisor.power(gamma) * (p * (entropy / divisor) * gamma + 1.0)
      return [try gradient * derivative.selected(where: isPositive, else: 0)]
    }
    return try function([entropy])[0]
  }
}
