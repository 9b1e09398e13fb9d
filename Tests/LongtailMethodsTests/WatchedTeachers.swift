import ModelTraining
import Torch
import VisionModels

/// The usual step, which compares the teachers before and after.
final class WatchedTeachers: StageProgram {
  static let changed = "changed"
  private let before: [[Float]]
  private let report: (String) -> Void

  init(_ stage: StageContext, report: @escaping (String) -> Void) throws {
    before = try Self.values(stage)
    self.report = report
    report("\(stage.teachers.count) teachers")
  }

  private static func values(_ stage: StageContext) throws -> [[Float]] {
    try stage.teachers.flatMap { try $0.state.map { try $0.tensor.detached().to(.float32).floats() } }
  }

  func step(in stage: StageContext) throws {
    let batch = try stage.nextBatch(of: "training")
    let context = try stage.context(for: batch)
    try stage.minimize(by: "network", labels: batch.mainLabels) {
      let output = try stage.output(of: batch.images)
      return (try stage.objective(of: "network").terms(output, batch, at: context), output.logits)
    }
  }

  func endEpoch(_ epoch: Int, in stage: StageContext) throws {
    if try Self.values(stage) != before { report(Self.changed) }
    for teacher in stage.teachers {
      for parameter in teacher.allParameters
      where parameter.tensor.requiresGradient || parameter.tensor.gradient != nil {
        report("\(parameter.name) has a gradient")
      }
    }
  }
}
