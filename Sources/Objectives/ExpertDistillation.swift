import DataLoading
import Torch
import VisionModels

/// An objective of experts, and the mean logits of a teacher's experts as soft labels of the mean of the own: `factor (base + weight KD)`
/// with `KD = T^2 KL(softmax(teacher / T) || softmax(student / T))`.
///
/// The stage's first teacher is asked. No gradient reaches it.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, and its published code.
public struct ExpertDistillation: Objective {
  /// How often everything counts.
  public enum Repetition: String, Sendable, Codable, CaseIterable {
    /// Once.
    case once
    /// As often as there are experts: the published code adds the whole loss inside its loop over experts. It equals a learning rate that
    /// is as much greater beside the weight decay.
    case perExpert = "per_expert"
  }

  /// What the experts minimise without a teacher.
  public let base: any Objective
  /// The weight of the teacher.
  public let weight: Double
  /// How often everything counts.
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
    let given = teacher.expertLogits.isEmpty ? teacher.logits : try ExpertLogits.mean(of: teacher.expertLogits)
    let rows = try distillation.rows(student: student, teacher: given)
    let taught = LossTerm(
      "distillation", sum: try rows.sum(), denominator: .count(student.shape[0]), weight: weight)
    let factor = repetition == .once ? 1 : Double(output.expertLogits.count)
    return try (base.terms(output, batch, at: step) + [taught]).map {
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
