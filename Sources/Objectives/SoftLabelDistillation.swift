import DataLoading
import Torch
import VisionModels

/// Knowledge distillation with a temperature: `T^2 KL(softmax(teacher / T) || softmax(student / T))`.
///
/// The teacher gets no gradient.
/// - Shapes: logits `[batch, classes]`.
/// - Source: Self Supervision to Distillation for Long-Tailed Visual Recognition, ICCV 2021, section 3.3; Distilling
///   the Knowledge in a Neural Network, 2015.
public struct SoftLabelDistillation: Objective {
  /// `soft-label-distillation`
  public let name = "soft-label-distillation"
  /// The temperature `T`, above 0.
  public let temperature: Double
  /// The expert of the output that is the student; nil for the output's logits.
  public let expert: Int?
  /// The index of the teacher among those of the stage.
  public let teacher: Int

  /// Makes an objective.
  /// - Throws: `ObjectiveError.setting` for a temperature that is not above 0.
  public init(temperature: Double = 2, expert: Int? = nil, teacher: Int = 0) throws {
    guard temperature > 0, temperature.isFinite else {
      throw ObjectiveError.setting(name: "temperature", value: "\(temperature)", expected: "a finite number above 0")
    }
    self.temperature = temperature
    self.expert = expert
    self.teacher = teacher
  }

  /// One term.
  public func terms(_ output: ModelOutput, _ batch: Batch, at step: StepContext) throws -> [LossTerm] {
    guard step.teachers.indices.contains(teacher) else {
      throw ObjectiveError.teacherCount(
        objective: name, expected: "teacher number \(teacher)", actual: step.teachers.count)
    }
    if let expert, !output.expertLogits.indices.contains(expert) {
      throw ObjectiveError.expertCount(objective: name, expected: expert + 1, actual: output.expertLogits.count)
    }
    let student = expert.map { output.expertLogits[$0] } ?? output.logits
    let rows = try rows(student: student, teacher: step.teachers[teacher].logits)
    return [LossTerm(name, sum: try rows.sum(), denominator: .count(student.shape[0]))]
  }

  /// Yes: the loss uses no labels.
  public var acceptsMixedLabels: Bool { true }

  /// The teacher's softened probabilities, `[batch, classes]`.
  public func softLabels(teacher: Tensor) throws -> Tensor {
    try withoutGradients { try (lossPrecision(teacher.detached()) * (1 / temperature)).softmax(alongAxis: 1) }
  }

  /// The loss of each row, `[batch]`.
  /// - Throws: `ObjectiveError.classCount` when student and teacher have different numbers of classes.
  public func rows(student: Tensor, teacher: Tensor) throws -> Tensor {
    guard student.shape.last == teacher.shape.last else {
      throw ObjectiveError.classCount(expected: teacher.shape.last ?? 0, actual: student.shape.last ?? 0)
    }
    let studentLogs = try (lossPrecision(student) * (1 / temperature)).logSoftmax(alongAxis: 1)
    let (probabilities, teacherLogs) = try withoutGradients {
      let logs = try (lossPrecision(teacher.detached()) * (1 / temperature)).logSoftmax(alongAxis: 1)
      let probabilities = try logs.exp()
      // 0 log 0 is 0: the logarithm of a probability of 0 is replaced by a finite one.
      return (probabilities, try logs.selected(where: probabilities.isGreater(than: 0), else: 0))
    }
    return try (probabilities * (teacherLogs - studentLogs.clamped(from: -1e30, to: nil))).sum(alongAxes: [1])
      * (temperature * temperature)
  }
}
