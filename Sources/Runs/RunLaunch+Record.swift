import LongtailMethods
import ModelTraining
import RunRecords
import Serialization

extension RunLaunch {
  /// The choices that results depend on, by name, as text; those that are at their defaults are left out, so that a later program with
  /// more of them agrees with an earlier one.
  ///
  /// What is read from the data folder is known by the digest of the data; threads and folders change no result, or are told.
  var choices: [String: String] {
    let usual = RunLaunch(recipe: recipe, data: data)
    var choices = ["recipe": recipe, "seed": "\(seed)"]
    func note(_ name: String, _ value: some Equatable, _ usual: some Equatable) {
      if "\(value)" != "\(usual)" { choices[name] = "\(value)" }
    }
    note("device", device, usual.device)
    note("precision", precision, usual.precision)
    note("hold-out", holdOut, usual.holdOut)
    if let holdOutSeed { choices["hold-out seed"] = "\(holdOutSeed)" }
    note("skip-unreadable", skipsUnreadable, usual.skipsUnreadable)
    note("images", loading.location.rawValue, usual.loading.location.rawValue)
    note("capture", capturesSteps, usual.capturesSteps)
    note("steps-per-replay", stepsPerReplay, usual.stepsPerReplay)
    note("tensor-float-32", usesTF32, usual.usesTF32)
    note("deterministic", isDeterministic, usual.isDeterministic)
    note("kernels", kernels, usual.kernels)
    if let objective { choices["objective"] = objective.rawValue }
    if !weights.isEmpty { choices["weights"] = fileDigests[weights] ?? weights }
    for (stage, path) in finishedStages { choices["finished stage \(stage)"] = fileDigests[path] ?? path }
    return choices
  }

  /// The SHA-256 of the choices.
  var choicesDigest: String {
    let lines = choices.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
    return FileDigest(bytes: lines.joined().utf8).hexadecimal
  }

  /// Notes what the files are that the run takes weights from.
  ///
  /// - Throws: `SerializationError.cannotRead`.
  mutating func noteFiles() throws {
    for path in (weights.isEmpty ? [] : [weights]) + finishedStages.values {
      fileDigests[path] = try FileDigest(of: path).hexadecimal
    }
  }

  /// The resolved settings as the run's `recipe.yaml` has them.
  ///
  /// - Throws: `SettingsError`.
  func writtenSettings(in folder: RunFolder) throws -> SettingsTree {
    var tree = try RecipeRegistry.recipe(named: recipe).settingsTree()
    try tree.apply(try folder.readSettings())
    return tree
  }

  /// The run's identifier with all its choices.
  ///
  /// - Parameter tree: the resolved settings.
  func identity(settings tree: SettingsTree) -> RunIdentity {
    var all = choices
    for leaf in tree.leaves { all[leaf.path] = leaf.value.stringValue ?? leaf.value.compactText }
    return RunIdentity(identifier: record?.identifier ?? "", choices: all)
  }

  /// Refuses the folder of another format, and one whose recipe or choices have been changed since the run began.
  ///
  /// - Throws: `RunError.otherFormat`, `.malformed`; `SerializationError.cannotRead`.
  func checkRecord(of folder: RunFolder) throws {
    guard let record, record.format == RunFolder.format else {
      throw RunError.otherFormat(path: folder.path, format: record?.format)
    }
    guard try FileDigest(of: folder.recipePath).hexadecimal == record.recipeDigest else {
      throw RunError.malformed(
        path: folder.recipePath,
        reason: "the recipe has been changed since the run began; restore it to go on. Other settings are a new run: "
          + "longtail train --config \(folder.recipePath) --out another-folder")
    }
    guard choicesDigest == record.choicesDigest else {
      throw RunError.malformed(
        path: folder.launchPath,
        reason:
          "choices that results depend on (seed, hold-out, objective, precision, …) have been changed since the run began; "
          + "restore the file to go on. Other choices are a new run")
    }
  }
}
