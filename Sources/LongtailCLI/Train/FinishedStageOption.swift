import ArgumentParser
import Longtail

/// A stage and the run or checkpoint that it is taken from: `teacher=runs/ride-6`.
struct FinishedStageOption: ExpressibleByArgument {
  private let stage: String
  private let source: String

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    (stage, source) = (parts[0], parts[1])
  }

  /// Checkpoint files by the names of stages, with absolute paths: a run may be resumed from another folder.
  static func checkpoints(_ options: [FinishedStageOption]) throws -> [String: String] {
    try Dictionary(options.map { ($0.stage, try $0.checkpoint()) }) { _, _ in
      throw ValidationError("--finished-stage names a stage twice.")
    }
  }

  /// The file itself; of a run, the checkpoint at the end of its stage of that name, or else the last one.
  private func checkpoint() throws -> String {
    let found = try RunCheckpoint(source)
    return found.checkpoint.path == source ? Path.absolute(source) : found.path(ofStage: stage)
  }
}
