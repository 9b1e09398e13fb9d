import DataLoading
import Datasets
import LongtailMethods
import ModelTraining
import RunRecords
import Serialization
import Transforms

/// What a run was started with, beside its settings: enough to resume it without asking again. Kept as `run.json`.
public struct RunOptions: Settings {
  /// The recipe's name.
  public var recipe = ""
  /// The seed of all random draws.
  public var seed: UInt64 = 0
  /// The data and how they are read.
  public var data = RunData()
  /// The device and how it computes.
  public var compute = RunCompute()
  /// Epochs between two evaluations on the test set; 0 for only the last.
  public var evaluationInterval = 10
  /// The least seconds between two checkpoints inside a stage; they are written at the ends of epochs.
  public var checkpointInterval = 20.0
  /// A file with initial weights; nil for random ones.
  public var weights: String?
  /// The loss that replaces the recipe's own.
  public var objective: ObjectiveKind?
  /// Stages that are taken from other runs instead of being trained: checkpoint files by the names of stages.
  public var finishedStages: [String: String] = [:]
  /// The SHA-256 of weights and finished stages when the run began, by path.
  public var fileDigests: [String: String] = [:]
  /// What tells the run from others and fixes its files; nil before it begins.
  public var record: RunRecord?

  /// The defaults; a recipe and data have to be named.
  public init() {}

  /// Reads what a run was started with.
  ///
  /// - Throws: `RunError.otherFormat` for a folder of another format, `SerializationError.cannotRead`.
  public static func read(from folder: RunFolder) throws -> RunOptions {
    // A folder of another format may have other keys, so the format comes first.
    let format = try JSONFile.read(Head.self, from: folder.launchPath).record?.format
    guard format == RunFolder.format else { throw RunError.otherFormat(path: folder.path, format: format) }
    return try JSONFile.read(RunOptions.self, from: folder.launchPath)
  }

  private struct Head: Decodable {
    struct Record: Decodable { let format: Int }
    let record: Record?
  }

  /// The recipe that a method's settings give, with the loss that was asked for, and without the training of finished stages.
  ///
  /// - Parameters:
  ///   - method: the resolved settings.
  ///   - classes: the training images per class.
  public func recipe(of method: any Method, for classes: ClassDistribution) throws -> Recipe {
    let plain = try method.recipe(named: recipe, for: classes)
    let chosen = try objective.map { try plain.replacingObjective(by: $0, for: classes) } ?? plain
    return try finishedStages.isEmpty ? chosen : chosen.usingFinishedStages(finishedStages)
  }
}
