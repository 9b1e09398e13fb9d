import DataLoading
import Torch
import VisionModels

/// What the experts of SHIKE minimise while they learn features: `sum over experts of base(z[e]) + mutualWeight M + nontargetWeight N`.
///
/// `M` sums `KL(p[j] || p[e])` over all ordered pairs of experts. `N` compares each expert without its target class with a teacher that is
/// put together from all of them: each class's strongest opinion, but the hardest negative, the class that experts on average prefer
/// among the wrong ones, is replaced.
/// - Shapes: expert logits `[batch, classes]`.
/// - Source: Long-Tailed Visual Recognition via Self-Heterogeneous Integration with Knowledge Excavation, CVPR 2023, and its published code.
public struct DynamicKnowledgeTransfer: Objective {
  /// How both divergences are formed.
  public enum Form: String, Sendable, Codable, CaseIterable {
    /// As in the published code: means over rows *and classes*, gradients also through teachers, and a target that keeps the score 0 in
    /// the teacher and -30 in the students, for scores within -30 ... 30.
    case published
    /// Means over rows, teachers without gradient, and the target left out of both sides.
    case clean
  }

  /// What the teacher says of the hardest negative.
  public enum HardestNegative: String, Sendable, Codable, CaseIterable {
    /// The mean over experts.
    case average
    /// The weakest opinion of any expert.
    case minimum
    /// Nothing: its probability is 0.
    case exclude
  }

  /// The loss of labels of each expert.
  public let base: any RowObjective
  /// How both divergences are formed.
  public let form: Form
  /// What the teacher says of the hardest negative.
  public let hardestNegative: HardestNegative
  /// The weight of the divergences between experts.
  public let mutualWeight: Double
  /// The weight of the divergences from the teacher.
  public let nontargetWeight: Double

  /// Makes an objective.
  /// - Parameters:
  ///   - base: the loss of labels of each expert; cross-entropy without one.
  ///   - form: how both divergences are formed.
  ///   - hardestNegative: what the teacher says of the hardest negative.
  ///   - mutualWeight: nil for 1 in the published form; 0.01 in the clean one, which is the same size for 100 classes.
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

  /// The base of each expert, then `mutual` and `non-target`.
  /// - Throws: `ObjectiveError.setting` when no class is left for the teacher.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    let labels = try base.summedOverExperts().terms(output, batch, at: step)
    let scores = try ExpertLogits.stacked(output, for: "knowledge transfer")
    let (rows, classes) = (scores.shape[1], scores.shape[2])
    guard form == .published || classes > (hardestNegative == .exclude ? 2 : 1) else {
      throw ObjectiveError.setting(
        name: "number of classes", value: "\(classes)", expected: "greater, so that some are left without the target")
    }
    let count = form == .published ? rows * classes : rows
    return labels + [
      LossTerm("mutual", sum: try mutualSum(scores), denominator: .count(count), weight: mutualWeight),
      LossTerm(
        "non-target", sum: try nontargetSum(scores, labels: batch.labels), denominator: .count(count),
        weight: nontargetWeight),
    ]
  }

  /// Refuses what the base refuses.
  public func validate(labels: [Int32]) throws { try base.validate(labels: labels) }

  /// The wrong class that experts on average prefer, int64 `[batch]`.
  /// - Parameters:
  ///   - scores: `[experts, batch, classes]`
  ///   - labels: `[batch]`
  public func hardestNegatives(_ scores: Tensor, labels: Tensor) throws -> Tensor {
    try withoutGradients {
      let mean = try scores.detached().mean(alongAxes: [0])
      return try mean.selected(where: isOther(labels, scores), else: -.infinity).indexOfMax(alongAxis: 1)
    }
  }

  /// The teacher's scores, `[batch, classes]`; minus infinity where a class is left out.
  /// - Parameters:
  ///   - scores: `[experts, batch, classes]`
  ///   - labels: `[batch]`
  public func teacherLogits(_ scores: Tensor, labels: Tensor) throws -> Tensor {
    let hardest = try hardestNegatives(scores, labels: labels).oneHot(classes: scores.shape[2]).differs(from: 1)
    let strongest = try scores.max(alongAxes: [0])
    let replaced =
      switch hardestNegative {
      case .average:
        try strongest.selected(where: hardest, else: scores.mean(alongAxes: [0]))
      case .minimum: try strongest.selected(where: hardest, else: scores.min(alongAxes: [0]))
      case .exclude: try strongest.selected(where: hardest, else: -.infinity)
      }
    return try replaced.selected(where: isOther(labels, scores), else: form == .published ? 0 : -.infinity)
  }

  private func isOther(_ labels: Tensor, _ scores: Tensor) throws -> Tensor {
    try labels.oneHot(classes: scores.shape[2]).differs(from: 1)
  }

  /// `sum over e, j of KL(p[j] || p[e])`; the pair of an expert with itself adds neither value nor slope.
  private func mutualSum(_ scores: Tensor) throws -> Tensor {
    let students = try ExpertLogits.logProbabilities(scores)
    return try divergence(from: form == .published ? students : students.detached(), to: students)
  }

  private func nontargetSum(_ scores: Tensor, labels: Tensor) throws -> Tensor {
    let others = try scores.selected(where: isOther(labels, scores), else: form == .published ? -30 : -.infinity)
    let students = try ExpertLogits.logProbabilities(others)
    let given = form == .published ? scores : try scores.detached()
    let teacher = try ExpertLogits.logProbabilities(teacherLogits(given, labels: labels))
    return try divergence(from: teacher, to: students)
  }

  /// The sum over all pairs of `KL(teacher || student)`, from logarithms of probabilities; students `[experts, batch, classes]`, teachers the
  /// same or `[batch, classes]`.
  private func divergence(from teachers: Tensor, to students: Tensor) throws -> Tensor {
    let experts = Double(students.shape[0])
    return try (teachers.exp() * (teachers * experts - students.sum(alongAxes: [0]))).sum()
  }
}
