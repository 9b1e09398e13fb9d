import LongtailMethods
import ModelTraining
import RunRecords
import Serialization

extension RunOptions {
  /// The choices that results depend on, by option, as text; defaults are left out, so that a later program with more options agrees
  /// with an earlier one.
  ///
  /// The content of the data is known by its digest; threads and folders change no result, or are reported.
  var choices: [String: String] {
    let usual = RunOptions()
    var choices = ["recipe": recipe, "seed": "\(seed)"]
    func note<Value: Equatable>(_ name: String, _ value: (RunOptions) -> Value) {
      let own = value(self)
      if own != value(usual) { choices[name] = "\(own)" }
    }
    note("device") { $0.compute.device }
    note("precision") { $0.compute.precision }
    note("hold-out") { $0.data.holdOut }
    if let holdOutSeed = data.holdOutSeed { choices["hold-out seed"] = "\(holdOutSeed)" }
    note("skip-unreadable") { $0.data.skipsUnreadable }
    note("images") { $0.data.storage.location.rawValue }
    note("cuda-graphs") { $0.compute.cudaGraphs }
    note("steps-per-replay") { $0.compute.stepsPerReplay }
    note("tensor-float32") { $0.compute.allowsTF32 }
    note("deterministic") { $0.compute.isDeterministic }
    note("kernels") { $0.compute.kernels }
    if let objective { choices["objective"] = objective.rawValue }
    if let weights { choices["weights"] = fileDigests[weights] ?? weights }
    for (stage, path) in finishedStages { choices["finished stage \(stage)"] = fileDigests[path] ?? path }
    return choices
  }

  /// The SHA-256 of the choices.
  var choicesDigest: String {
    let lines = choices.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
    return FileDigest(bytes: lines.joined().utf8).hexadecimal
  }

  /// Notes the digests of the files that the run takes weights from.
  ///
  /// - Throws: `SerializationError.cannotRead`.
  mutating func noteFiles() throws {
    for path in [weights].compactMap({ $0 }) + finishedStages.values {
      fileDigests[path] = try FileDigest(of: path).hexadecimal
    }
  }

  /// The run's identifier with all its choices.
  ///
  /// - Parameter tree: the resolved settings.
  func identity(settings tree: SettingsTree) -> RunIdentity {
    var all = choices
    for leaf in tree.leaves { all[leaf.path] = leaf.value.stringValue ?? leaf.value.compactText }
    return RunIdentity(identifier: record?.identifier ?? "", choices: all)
  }

  /// Refuses a folder whose recipe or choices have been changed since the run began.
  ///
  /// - Throws: `RunError.malformed`, `SerializationError.cannotRead`.
  func checkRecord(of folder: RunFolder) throws {
    guard let record, try FileDigest(of: folder.recipePath).hexadecimal == record.recipeDigest else {
      throw RunError.malformed(
        path: folder.recipePath,
        reason: "the recipe has been changed since the run began; restore it to resume. Other settings are a new run: "
          + "longtail train --config \(folder.recipePath) --out another-folder")
    }
    guard choicesDigest == record.choicesDigest else {
      throw RunError.malformed(
        path: folder.launchPath,
        reason:
          "choices that results depend on (seed, hold-out, objective, precision, …) have been changed since the run began; "
          + "restore the file to resume. Other choices are a new run")
    }
  }
}
