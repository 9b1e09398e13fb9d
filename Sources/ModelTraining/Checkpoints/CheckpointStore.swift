import Foundation
import NeuralNetworks
import Serialization
import Torch

/// The checkpoints of a run: the last one, which is replaced as a whole, and one per finished stage.
public struct CheckpointStore: Sendable {
  /// The folder that holds them.
  public let folder: String

  /// Uses a folder, which must exist.
  public init(folder: String) { self.folder = folder }

  /// The path of the last checkpoint, from which a run is resumed.
  public var lastPath: String { folder + "/last.safetensors" }

  /// The path of the last checkpoint, if there is one.
  public var lastPathIfPresent: String? { FileManager.default.fileExists(atPath: lastPath) ? lastPath : nil }

  /// Reads the last checkpoint.
  public func last() throws -> Checkpoint? { try lastPathIfPresent.map { try Checkpoint($0) } }

  /// Replaces the last checkpoint: model, optimisers, EMA and position in one file.
  func save(
    position: CheckpointPosition, model: [NamedTensor], stageState: [NamedTensor], description: CheckpointDescription
  ) throws {
    let tensors = model.map { NamedTensor("model." + $0.name, $0.tensor) } + stageState
    try Checkpoint.write(tensors, position: position, description: description, to: lastPath)
  }

  /// The weights at the end of a stage.
  /// - Throws: when the file is missing, damaged, or of another run.
  func weights(ofStage index: Int, named name: String, run: RunIdentity?) throws -> [String: Tensor] {
    let checkpoint = try Checkpoint(stagePath(index, named: name))
    try checkpoint.check(run: run)
    return try checkpoint.weights(preferringEMA: true)
  }

  private func stagePath(_ index: Int, named name: String) -> String {
    "\(folder)/\(index < 10 ? "0\(index)" : "\(index)")-\(name).safetensors"
  }

  /// Writes the weights at the end of a stage as `<number>-<stage>.safetensors`.
  func saveStage(
    named name: String, position: CheckpointPosition, model: [NamedTensor], description: CheckpointDescription
  ) throws {
    let tensors = model.map { NamedTensor("model." + $0.name, $0.tensor) }
    try Checkpoint.write(
      tensors, position: position, description: description, to: stagePath(position.stage, named: name))
  }
}
