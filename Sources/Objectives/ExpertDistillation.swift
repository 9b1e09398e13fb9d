import DataLoading
import Torch
import VisionModels

/// A loss of experts plus distillation between the mean logits of a teacher's experts and of the student's experts:
/// `factor (base + weight KD)` with `KD = T^2 KL(softmax(teacher / T) || softmax(student / T))`.
///
/// The teacher is the stage's first one; it gets no gradient.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, and its published code.
public struct ExpertDistillation: Objective {
  /// The factor of the whole loss.
  public enum Repetition: String, Sendable, Codable, CaseIterable {
    /// 1.
    case once
    /// The number of experts: the published code adds the whole loss in each turn of its loop over experts. Apart from
    /// weight decay it acts like a learning rate that is larger by this factor.
    case perExpert = "per_expert"
  }

  /// The loss of the experts without distillation.
  public let base: any Objective
  /// The weight of the distillation loss.
  public let weight: Double
  /// The factor of the whole loss.
  public let repetition: Repetition
  private let distillation: SoftLabelDistillation

  /// Makes an objective.
  /// - Throws: `ObjectiveError.setting` for a temperature or a weight outside its range.
  public init(
    _ base: any Objective, temperature: Double = 1.5, weight: Double = 1, repetition: Repetition = .perExpert
  ) throws {
    guard weight >= 0, weight.isFinite else {
      throw ObjectiveError.setting(
        name: "distillation weight", value: "\(weight)", expected: "a finite number of at least 0")
    }
    self.base = base
    self.weight = weight
    self.repetition = repetition
    distillation = try SoftLabelDistillation(temperature: temperature)
  }

  /// The terms of the base, then `distillation`.
  /// - Throws: `ObjectiveError.teacherCount` without a teacher, `ObjectiveError.noExperts` for a model without experts.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    guard let teacher = step.teachers.first else {
      throw ObjectiveError.teacherCount(objective: "distillation of experts", expected: "a teacher", actual: 0)
    }
    let student = try ExpertLogits.mean(of: output.expertLogits)
    let teacherLogits = teacher.expertLogits.isEmpty ? teacher.logits : try ExpertLogits.mean(of: teacher.expertLogits)
    let rows = try distillation.rows(student: student, teacher: teacherLogits)
    let term = LossTerm(
      "distillation", sum: try rows.sum(), denominator: .count(student.shape[0]), weight: weight)
    let factor = repetition == .once ? 1 : Double(output.expertLogits.count)
    return try (base.terms(output, batch, at: step) + [term]).map {
      var term = $0
      term.weight *= factor
      return term
    }
  }

  /// Refuses what the base refuses.
  public func validate(labels: [Int32]) throws { try base.validate(labels: labels) }

  /// Whether the base does.
  public var acceptsMixedLabels: Bool { base.acceptsMixedLabels }
}
