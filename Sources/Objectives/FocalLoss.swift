import Torch

/// Focal loss, `(1 - p)^gamma CE` with `p = exp(-CE)`, averaged over rows: rows that are already right count less.
///
/// - Source: Focal Loss for Dense Object Detection, ICCV 2017, in its softmax form.
public struct FocalLoss: RowObjective {
  /// Where class weights enter.
  public enum WeightMode: String, Sendable, Codable {
    /// `w (1 - p)^gamma CE`
    case standard
    /// The weighted cross-entropy takes the place of the plain one also in `p`, as some published long-tail code has it.
    case weightInside = "weight_inside"
  }

  /// `focal`
  public let name = "focal"
  /// The plain mean; weights outside are part of the rows.
  public let averaging: RowAveraging
  private let gamma: Double
  private let insideWeights: ClassConstant?

  /// Makes a loss.
  /// - Parameters:
  ///   - gamma: how strongly easy rows are turned down; 0 is cross-entropy.
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
    if let insideWeights { entropy = try entropy * insideWeights.beside(adjusted).entries(at: labels) }
    return try FocalLoss.modulated(entropy, gamma: gamma)
  }

  /// `(1 - e^-c)^gamma c`. Its recorded derivative would be infinity times zero at `c = 0` for `gamma < 1`; the closed form
  /// `q^gamma (1 + gamma p c / q)` with `q = 1 - e^-c` has the limit 0 there.
  static func modulated(_ entropy: Tensor, gamma: Double) throws -> Tensor {
    guard gamma > 0 else { return entropy }
    let function = DifferentiableFunction("focal modulation", isTwiceDifferentiable: true) { inputs in
      [try (-(-inputs[0]).expMinusOne()).power(gamma) * inputs[0]]
    } backward: { gradients, saved in
      guard let gradient = gradients.first ?? nil else { return [nil] }
      let entropy = saved[0]
      let right = try (-entropy).exp()
      let wrong = try -(-entropy).expMinusOne()
      // Where a row is exactly right the slope is 0; a 1 keeps infinities out of the branch that is not taken.
      let isWrong = try wrong.isGreater(than: 0)
      let divisor = try wrong.selected(where: isWrong, else: 1)
      let slope = try divisor.power(gamma) * (right * (entropy / divisor) * gamma + 1.0)
      return [try gradient * slope.selected(where: isWrong, else: 0)]
    }
    return try function([entropy])[0]
  }
}
