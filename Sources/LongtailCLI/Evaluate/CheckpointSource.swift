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
      // A pipe or a device is refused here; what reads tensors later would wait for it.
      _ = try InputFile(path)
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
  func measurement(of split: String?, data: String?, _ compute: ComputeOptions) throws -> (RunLaunch, ComputeSettings) {
    if let split, !["test", "train"].contains(split) {
      throw ValidationError("--split is '\(split)', but must be test or train.")
    }
    var launch = launch ?? RunLaunch(recipe: checkpoint.description.recipe, data: data ?? "")
    if let data, isForeign(data) {
      // What says how the run's own data are read, and which of them are used, does not apply to others.
      launch = RunLaunch(
        recipe: launch.recipe, data: data, skipsUnreadable: launch.skipsUnreadable, allowsEmptyClasses: true,
        loading: PictureLoading(place: launch.loading.place, workers: launch.loading.workers))
    }
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
  ///
  /// Data that are not the run's own may lack classes and have others, which are left out; where they have no test set, all of their
  /// images are measured, unless a split is asked for.
  func images(of launch: RunLaunch, split: String?, views: TestViews, on device: Device) throws -> MeasuredImages {
    let isForeign = isForeign(launch.data)
    let directory = isForeign ? try foreignData(launch.data) : try launch.openData()
    let isWhole = isForeign && split == nil && directory.evaluation == nil
    let chosen: (any ImageSource)? = split == "train" || isWhole ? directory.training : directory.evaluation
    guard let chosen else {
      let remedy = isForeign ? "leave out --split to measure all images" : "measure others with --split train"
      throw ValidationError("\(launch.data) has no test images, which --split test, the default, measures; \(remedy).")
    }
    try views.requireUse(of: chosen, as: checkpoint.description.preprocessing)
    let names = checkpoint.description.classNames
    let (matched, unknown) = try RelabelledImages.known(in: chosen, matching: names, role: launch.data)
    let maker = PictureMaker(
      preprocessing: checkpoint.description.preprocessing, device: device, loading: launch.loading,
      skipsUnreadable: launch.skipsUnreadable)
    // Images in memory stay what they are where nothing changes.
    let isUnchanged = chosen.classNames == names && unknown.isEmpty
    let source: any ImageSource = isUnchanged ? chosen : matched
    return MeasuredImages(
      pictures: try ViewedPictures(source, views: views, maker: maker), path: launch.data,
      split: isWhole ? "all images" : split ?? "test", areResident: chosen.isResident, unknownClasses: unknown,
      notes: isForeign ? directory.notes.filter { !$0.contains("there is no test set") } : [])
  }

  /// Whether data are others than those of the run.
  private func isForeign(_ data: String) -> Bool {
    guard let own = launch?.data else { return true }
    return own != data && own != URL(fileURLWithPath: data).path
  }

  private func foreignData(_ path: String) throws -> DataDirectory {
    guard path != "drawn" else { return try DataDirectory.drawn() }
    return try DataDirectory.open(
      path,
      options: DataDirectoryOptions(
        countCheck: .noneOfAnyLayout, allowsEmptyClasses: true, allowsMissingEvaluationClasses: true))
  }
}
