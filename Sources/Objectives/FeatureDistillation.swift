import DataLoading
import NeuralNetworks
import Torch
import VisionModels

/// The cosine distance between a student's features and its teachers' features of the same images: `1 - <n(v), n(u)>`.
///
/// `u` concatenates the normalised features of all teachers; `n(v) = v / sqrt(max(sum v^2, 1e-12))`. The teachers get
/// no gradient.
/// - Shapes: student `[batch, sum of the teachers' features]`; teachers `[batch, features]` each.
/// - Source: Class-Balanced Distillation for Long-Tailed Visual Recognition, BMVC 2021, equation 3.
public struct FeatureDistillation: Objective {
  /// `feature-distillation`
  public let name = "feature-distillation"

  /// Makes an objective that uses the teachers of the stage.
  public init() {}

  /// One term, of the output's features and those of the stage's teachers.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    guard let student = output.features else { throw ObjectiveError.noFeatures(objective: name, of: "the student") }
    let teachers = try step.teachers.map { teacher in
      guard let features = teacher.features else { throw ObjectiveError.noFeatures(objective: name, of: "a teacher") }
      return features
    }
    let rows = try rows(student: student, teachers: teachers)
    return [LossTerm(name, sum: try rows.sum(), denominator: .count(student.shape[0]))]
  }

  /// Yes: the loss uses no labels.
  public var acceptsMixedLabels: Bool { true }

  /// The loss of each row, `[batch]`.
  public func rows(student: Tensor, teachers: [Tensor]) throws -> Tensor {
    try 1.0 - cosines(student: student, teachers: teachers)
  }

  /// The cosine similarity of each row, `[batch]`.
  /// - Throws: `ObjectiveError` without teachers, or when the numbers of features differ.
  public func cosines(student: Tensor, teachers: [Tensor]) throws -> Tensor {
    let target = try target(teachers)
    guard target.shape[1] == student.shape[1] else {
      throw ObjectiveError.featureCount(objective: name, expected: target.shape[1], actual: student.shape[1])
    }
    let direction = try lossPrecision(student).normalizedByPower(alongAxis: 1)
    return try (direction * target.to(direction.dtype)).sum(alongAxes: [1])
  }

  /// The normalised features of all teachers, `[batch, features]`.
  public func target(_ teachers: [Tensor]) throws -> Tensor {
    guard !teachers.isEmpty else {
      throw ObjectiveError.teacherCount(objective: name, expected: "one teacher or more", actual: 0)
    }
    return try withoutGradients {
      let directions = try teachers.map { try lossPrecision($0.detached()).normalizedByPower(alongAxis: 1) }
      guard directions.count > 1 else { return directions[0] }
      return try Tensor.concatenation(directions, axis: 1).normalizedByPower(alongAxis: 1)
    }
  }
}
