import DataLoading
import Datasets
import FileAccess
import Foundation
import ModelTraining
import RunRecords
import Serialization
import Torch
import Transforms
import VisionModels

/// A checkpoint to evaluate or predict with: a file, or the newest one of a run.
public struct RunCheckpoint {
  /// The opened checkpoint.
  public let checkpoint: Checkpoint
  /// What the run was started with, if the checkpoint lies in a run.
  public let options: RunOptions?

  /// Opens a checkpoint.
  ///
  /// - Parameter path: a run's folder or a checkpoint file.
  /// - Throws: `RunError` for what is neither, and for a run without checkpoint; `SerializationError`.
  public init(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw RunError.malformed(path: path, reason: "no such file or folder; name a run's folder or a checkpoint file")
    }
    guard isFolder.boolValue else {
      // A pipe or a device is refused here; what reads tensors later would wait for it.
      _ = try InputFile(path)
      checkpoint = try Checkpoint(path)
      let run = RunFolder(URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent().path)
      let isInRun = FileManager.default.fileExists(atPath: run.launchPath)
      options = isInRun ? try RunOptions.read(from: run) : nil
      return
    }
    let folder = try RunFolder.open(at: path)
    guard folder.hasCheckpoint else {
      let seeds = folder.seedFolders.map(\.path)
      let hint = seeds.isEmpty ? "train it first" : "name one of \(seeds.joined(separator: ", "))"
      throw RunError.malformed(path: path, reason: "the run has no checkpoint; \(hint)")
    }
    checkpoint = try Checkpoint(folder.lastCheckpointPath)
    options = try RunOptions.read(from: folder)
  }

  /// Where the stage of a name ended: its own checkpoint in the run, or else this one.
  ///
  /// - Parameter name: the stage's name.
  /// - Returns: the absolute path.
  public func path(ofStage name: String) -> String {
    let file = URL(fileURLWithPath: checkpoint.path)
    let folder = file.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let stage = names.first { $0.dropFirst(2) == "-\(name).safetensors" }
    return (stage.map { folder.appendingPathComponent($0) } ?? file).path
  }

  /// The data that an evaluation reads: the run's own, or others that are named.
  ///
  /// - Parameter path: the data folder or `synthetic`; nil for the data of the run.
  /// - Throws: `RunError.malformed` for a file outside a run without other data.
  public func data(at path: String?) throws -> RunData {
    guard let path, isForeign(path) else {
      guard let options else {
        throw RunError.malformed(
          path: checkpoint.path, reason: "the checkpoint lies in no run, so its data are unknown; give --data DIR")
      }
      return options.data
    }
    // How the run's own data are read and selected does not apply to others.
    return RunData {
      $0.path = path
      $0.skipsUnreadable = options?.data.skipsUnreadable ?? false
      $0.storage = ImageStorage(
        location: options?.data.storage.location ?? .auto, workers: options?.data.storage.workers ?? 0)
    }
  }

  /// The images of a split as the checkpoint's network sees them, with labels in the checkpoint's class order.
  ///
  /// Data that are not the run's own may lack classes and have others, which are left out.
  ///
  /// - Parameters:
  ///   - split: the split; nil for the test set, or for all images of other data without one.
  ///   - data: what `data(at:)` gives.
  ///   - views: the views of each image.
  ///   - device: where batches go.
  public func images(
    of split: EvaluationSplit?, in data: RunData, views: TestViews, on device: Device
  ) throws -> EvaluatedData {
    let isForeign = isForeign(data.path)
    let directory = isForeign ? try Self.openForeign(data.path) : try data.open(seed: options?.seed ?? 0)
    let isWhole = isForeign && split == nil && directory.evaluation == nil
    let chosen: (any ImageSource)? = split == .train || isWhole ? directory.training : directory.evaluation
    guard let chosen else {
      throw DataSourceError.badSetting(
        name: data.path, value: "no test images",
        expected: isForeign ? "a test set; or leave out --split to evaluate all images" : "a test set, or --split train"
      )
    }
    try views.requireUse(of: chosen, as: checkpoint.description.preprocessing)
    let names = checkpoint.description.classNames
    let (matched, unknown) = try RelabelledImages.known(in: chosen, matching: names, role: data.path)
    let preparation = ImagePreparation(
      preprocessing: checkpoint.description.preprocessing, device: device, loading: data.storage,
      skipsUnreadable: data.skipsUnreadable)
    // Images in memory stay what they are where nothing changes.
    let isUnchanged = chosen.classNames == names && unknown.isEmpty
    return EvaluatedData(
      images: try EvaluationImages(isUnchanged ? chosen : matched, views: views, preparation: preparation),
      path: data.path,
      split: isWhole ? "all images" : (split ?? .test).rawValue, areResident: chosen.isResident,
      unknownClasses: unknown,
      notes: isForeign ? directory.notes.filter { !$0.contains("there is no test set") } : [])
  }

  /// The model of a network of experts with a router.
  ///
  /// - Throws: `RunError.notComparable` for another one.
  public func routedModel() throws -> (ExpertClassifier, ExpertRouter) {
    guard let model = try checkpoint.model() as? ExpertClassifier, let router = model.router else {
      throw RunError.notComparable(
        reason: "\(checkpoint.description.recipe) gave a network without a router; name a run of experts with a router")
    }
    return (model, router)
  }

  /// Whether data are others than those of the run.
  private func isForeign(_ path: String) -> Bool {
    guard let own = options?.data.path else { return true }
    return own != path && own != URL(fileURLWithPath: path).path
  }

  private static func openForeign(_ path: String) throws -> DataDirectory {
    guard path != "synthetic" else { return try DataDirectory.synthetic() }
    return try DataDirectory.open(
      path,
      options: DataDirectoryOptions(
        countCheck: .noneOfAnyLayout, allowsEmptyClasses: true, allowsMissingEvaluationClasses: true))
  }
}
