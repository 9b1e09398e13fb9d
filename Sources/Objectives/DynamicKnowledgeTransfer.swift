import DataLoading
import Torch
import VisionModels

/// The loss of SHIKE's representation stage: `sum over experts of base(z[e]) + mutualWeight M + nontargetWeight N`.
///
/// `M` sums `KL(p[j] || p[e])` over all ordered pairs of experts. `N` is the divergence of each expert from a teacher
/// over all classes but the target. The teacher's logit of a class is the largest of any expert, except for the hardest
/// negative: the non-target class with the largest logit averaged over experts.
/// - Shapes: expert logits `[batch, classes]`.
/// - Source: Long-Tailed Visual Recognition via Self-Heterogeneous Integration with Knowledge Excavation, CVPR 2023,
///   and its published code.
public struct DynamicKnowledgeTransfer: Objective {
  /// How both divergences are computed.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// As in the published code: means over rows *and classes*, gradients through teachers too, and a target whose
    /// logit is 0 in the teacher and -30 in the students, which suits logits within -30 ... 30.
    case published
    /// Means over rows, teachers without gradient, and the target excluded on both sides.
    case clean
  }

  /// The teacher's logit of the hardest negative.
  public enum HardestNegative: String, Sendable, Codable, CaseIterable {
    /// The mean over experts.
    case average
    /// The smallest logit of any expert.
    case minimum
    /// Minus infinity: its probability is 0.
    case exclude
  }

  /// The classification loss of each expert.
  public let base: any RowObjective
  /// How both divergences are computed.
  public let form: Form
  /// The teacher's logit of the hardest negative.
  public let hardestNegative: HardestNegative
  /// The weight of the divergences between experts, `M`.
  public let mutualWeight: Double
  /// The weight of the divergences from the teacher, `N`.
  public let nontargetWeight: Double

  /// Makes an objective.
  /// - Parameters:
  ///   - base: the classification loss of each expert; cross-entropy if nil.
  ///   - form: how both divergences are computed.
  ///   - hardestNegative: the teacher's logit of the hardest negative.
  ///   - mutualWeight: nil for 1 in the published form and 0.01 in the clean one, which are equal for 100 classes.
  ///   - nontargetWeight: nil for 10 in the published form, 0.1 in the clean one.
  /// - Throws: `ObjectiveError.setting` for a weight that is not finite or below 0.
  public init(
    _ base: (any RowObjective)? = nil, form: Form = .published, hardestNegative: HardestNegative = .average,
    mutualWeight: Double? = nil, nontargetWeight: Double? = nil
  ) throws {
    self.base = try base ?? CrossEntropyLoss()
    self.form = form
    self.hardestNegative = hardestNegative
    self.mutualWeight = mutualWeight ?? (form == .published ? 1 : 0.01)
    self.nontargetWeight = nontargetWeight ?? (form == .published ? 10 : 0.1)
    for (name, weight) in [("mutual weight", self.mutualWeight), ("non-target weight", self.nontargetWeight)] {
      guard weight >= 0, weight.isFinite else {
        throw ObjectiveError.setting(name: name, value: "\(weight)", expected: "a finite number of at least 0")
      }
    }
  }

  /// The classification terms of the experts, then `mutual` and `non-target`.
  /// - Throws: `ObjectiveError.setting` when no class is left for the teacher.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    let classification = try base.summedOverExperts().terms(output, batch, at: step)
    let logits = try ExpertLogits.stacked(output, for: "knowledge transfer")
    let (rows, classes) = (logits.shape[1], logits.shape[2])
    let excluded = hardestNegative == .exclude ? 2 : 1
    guard form == .published || classes > excluded else {
      throw ObjectiveError.setting(
        name: "number of classes", value: "\(classes)",
        expected: "above \(excluded), because the teacher excludes \(excluded) of them per row")
    }
    let count = form == .published ? rows * classes : rows
    return classification + [
      LossTerm("mutual", sum: try mutualSum(logits), denominator: .count(count), weight: mutualWeight),
      LossTerm(
        "non-target", sum: try nontargetSum(logits, labels: batch.labels), denominator: .count(count),
        weight: nontargetWeight),
    ]
  }

  /// Refuses what the base refuses.
  public func validate(labels: [Int32]) throws { try base.validate(labels: labels) }

  /// The non-target class with the largest mean logit over experts, int64 `[batch]`.
  /// - Parameters:
  ///   - logits: `[experts, batch, classes]`
  ///   - labels: `[batch]`
  public func hardestNegatives(_ logits: Tensor, labels: Tensor) throws -> Tensor {
    try withoutGradients {
      let mean = try logits.detached().mean(alongAxes: [0])
      return try mean.selected(where: isNontarget(labels, logits), else: -.infinity).indexOfMax(alongAxis: 1)
    }
  }

  /// The teacher's logits, `[batch, classes]`; minus infinity for excluded classes.
  /// - Parameters:
  ///   - logits: those of the experts, `[experts, batch, classes]`
  ///   - labels: `[batch]`
  public func teacherLogits(_ logits: Tensor, labels: Tensor) throws -> Tensor {
    let keepsLargest = try hardestNegatives(logits, labels: labels).oneHot(classes: logits.shape[2]).differs(from: 1)
    let largest = try logits.max(alongAxes: [0])
    let replaced =
      switch hardestNegative {
      case .average:
        try largest.selected(where: keepsLargest, else: logits.mean(alongAxes: [0]))
      case .minimum: try largest.selected(where: keepsLargest, else: logits.min(alongAxes: [0]))
      case .exclude: try largest.selected(where: keepsLargest, else: -.infinity)
      }
    return try replaced.selected(where: isNontarget(labels, logits), else: form == .published ? 0 : -.infinity)
  }

  /// Where a class is not the target, `[batch, classes]`.
  private func isNontarget(_ labels: Tensor, _ logits: Tensor) throws -> Tensor {
    try labels.oneHot(classes: logits.shape[2]).differs(from: 1)
  }

  /// `sum over e, j of KL(p[j] || p[e])`; the pair of an expert with itself adds nothing to value or gradient.
  private func mutualSum(_ logits: Tensor) throws -> Tensor {
    let students = try ExpertLogits.logProbabilities(logits)
    return try divergence(from: form == .published ? students : students.detached(), to: students)
  }

  private func nontargetSum(_ logits: Tensor, labels: Tensor) throws -> Tensor {
    let masked = try logits.selected(where: isNontarget(labels, logits), else: form == .published ? -30 : -.infinity)
    let students = try ExpertLogits.logProbabilities(masked)
    let source = form == .published ? logits : try logits.detached()
    let teacher = try ExpertLogits.logProbabilities(teacherLogits(source, labels: labels))
    return try divergence(from: teacher, to: students)
  }

  /// The sum over all pairs of `KL(teacher || student)`, from log-probabilities; students `[experts, batch, classes]`,
  /// teachers the same or `[batch, classes]`.
  private func divergence(from teachers: Tensor, to students: Tensor) throws -> Tensor {
    let experts = Double(students.shape[0])
    return try (teachers.exp() * (teachers * experts - students.sum(alongAxes: [0]))).sum()
  }
}
