import Foundation
import NeuralNetworks
import Serialization
import Torch

/// The checkpoints of a run: one file that is replaced as a whole, and one that is kept per finished stage.
public struct CheckpointStore: Sendable {
  /// The folder that holds them.
  public let folder: String

  /// Uses a folder, which must exist.
  public init(folder: String) { self.folder = folder }

  /// The newest checkpoint, which a run resumes from.
  public var lastPath: String { folder + "/last.safetensors" }

  /// The newest checkpoint, if there is one.
  public var lastPathIfPresent: String? { FileManager.default.fileExists(atPath: lastPath) ? lastPath : nil }

  /// Reads the newest checkpoint.
  public func last() throws -> Checkpoint? { try lastPathIfPresent.map { try Checkpoint($0) } }

  /// Replaces the newest checkpoint: model, optimisers, averages and position in one file.
  func save(
    position: CheckpointPosition, model: [NamedTensor], stageState: [NamedTensor], description: CheckpointDescription
  ) throws {
    let tensors = model.map { NamedTensor("model." + $0.name, $0.tensor) } + stageState
    try Checkpoint.write(tensors, position: position, description: description, to: lastPath)
  }

  /// The weights that were kept at the end of a stage.
  /// - Throws: when the file is missing, damaged, or of another run.
  func keptWeights(ofStage index: Int, named name: String, run: RunIdentity?) throws -> [String: Tensor] {
    let kept = try Checkpoint(keptPath(ofStage: index, named: name))
    try kept.check(run: run)
    return try kept.weights(preferringEMA: true)
  }

  private func keptPath(ofStage index: Int, named name: String) -> String {
    "\(folder)/\(index < 10 ? "0\(index)" : "\(index)")-\(name).safetensors"
  }

  /// Keeps the weights at the end of a stage as `<number>-<stage>.safetensors`.
  func keep(
    stageName: String, position: CheckpointPosition, model: [NamedTensor], description: CheckpointDescription
  ) throws {
    let tensors = model.map { NamedTensor("model." + $0.name, $0.tensor) }
    try Checkpoint.write(
      tensors, position: position, description: description, to: keptPath(ofStage: position.stage, named: stageName))
  }
}
