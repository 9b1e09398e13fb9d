import ArgumentParser
import Foundation
import Longtail

/// A checkpoint that a command was pointed at: a file, or a run's newest one.
struct CheckpointSource {
  /// The opened checkpoint.
  let checkpoint: Checkpoint
  /// What the run was started with, if a run was named.
  let launch: RunLaunch?

  init(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw RunError.malformed(path: path, reason: "no such file or folder; name a run's folder or a checkpoint file")
    }
    guard isFolder.boolValue else {
      checkpoint = try Checkpoint(path)
      launch = try Self.launch(aroundFile: path)
      return
    }
    let folder = try RunFolder.open(at: path)
    guard folder.hasCheckpoint else {
      let seeds = folder.seedFolders.map(\.path)
      let hint = seeds.isEmpty ? "train it first" : "name one of \(seeds.joined(separator: ", "))"
      throw RunError.malformed(path: path, reason: "the run has no checkpoint; \(hint)")
    }
    checkpoint = try Checkpoint(folder.lastCheckpointPath)
    launch = try JSONFile.read(RunLaunch.self, from: folder.launchPath)
  }

  /// A checkpoint that still lies in its run knows the run's data.
  private static func launch(aroundFile path: String) throws -> RunLaunch? {
    let run = URL(fileURLWithPath: path).deletingLastPathComponent().deletingLastPathComponent().path
    let file = RunFolder(run).launchPath
    return FileManager.default.fileExists(atPath: file) ? try JSONFile.read(RunLaunch.self, from: file) : nil
  }

  /// What a measurement starts from: the run's own data, or others that are named.
  func measurement(of split: String, data: String?, _ compute: ComputeOptions) throws -> (RunLaunch, ComputeSettings) {
    guard ["test", "train"].contains(split) else {
      throw ValidationError("--split is '\(split)', but must be test or train.")
    }
    var launch = launch ?? RunLaunch(recipe: checkpoint.description.recipe, data: data ?? "")
    launch.data = data ?? launch.data
    guard !launch.data.isEmpty else {
      throw ValidationError("Missing --data DIR: a checkpoint file does not know its data.")
    }
    (launch.device, launch.precision, launch.threads) = (compute.device, compute.precision, compute.threads)
    return (launch, try ComputeSettings(launch))
  }

  /// The model of a routed network.
  /// - Throws: `RunError.notComparable` for another one.
  func routedModel() throws -> (ExpertClassifier, RoutingGates) {
    guard let model = try checkpoint.model() as? ExpertClassifier, let gates = model.gates else {
      throw RunError.notComparable(
        reason: "\(checkpoint.description.recipe) gave a network without gates; name a run of ride/…")
    }
    return (model, gates)
  }

  /// The images of a split as the checkpoint's network sees them, with labels in the checkpoint's class order.
  func images(of launch: RunLaunch, split: String, views: TestViews, on device: Device) throws -> ViewedPictures {
    let directory = try launch.openData()
    let chosen: (any ImageSource)? = split == "train" ? directory.training : directory.evaluation
    guard let chosen else {
      throw DataSourceError.badSetting(
        name: launch.data, value: "no test images", expected: "a test set, or --split train")
    }
    let names = checkpoint.description.classNames
    let matched: any ImageSource =
      chosen.classNames == names
      ? chosen : try RelabelledImages(chosen, matching: names, role: launch.data, allowsMissingClasses: true)
    let maker = PictureMaker(
      preprocessing: checkpoint.description.preprocessing, device: device, loading: launch.loading,
      skipsUnreadable: launch.skipsUnreadable)
    return try ViewedPictures(matched, views: views, maker: maker)
  }
}
