import NeuralNetworks
import RunRecords
import Serialization

/// Lets what is counted in epochs follow the length of training, in proportion: warm-ups, milestones, and the lengths of later stages.
///
/// A recipe of 200 epochs with 5 epochs of warm-up and milestones at 160 and 180 has, over 20 epochs, half an epoch of warm-up and milestones at
/// 16 and 18. Values that are given stay as they are, and at the recipe's own length nothing changes.
struct LengthFollowing {
  /// The recipe before anything was given.
  struct Reference {
    let defaults: SettingsTree
    /// The length that the recipe would have; that of the defaults without another.
    var trainingLength: TrainingLength?

    init(_ defaults: SettingsTree) { self.defaults = defaults }

    func length(of stage: String) -> TrainingLength? {
      stage == "training" ? trainingLength ?? defaults.length(of: stage) : defaults.length(of: stage)
    }
  }

  let reference: Reference
  /// Paths, beside those of schedules, that count epochs of `training`.
  let morePaths: [String]
  /// Training images, by which epochs and steps are compared; nil when nothing is known of the data.
  let imageCount: Int?

  func apply(to tree: inout SettingsTree) throws {
    let stages = reference.defaults.leaves.map(\.path).filter { $0.hasSuffix(".length") }
      .map { String($0.dropLast(".length".count)) }.filter { reference.defaults.length(of: $0) != nil }
    if let share = share(of: "training", in: tree) {
      for stage in stages where stage != "training" { try follow(share, lengthOf: stage, in: &tree) }
      for path in morePaths { try scale(path, by: share, in: &tree) }
    }
    for stage in stages {
      for path in ["\(stage).warmupEpochs", "\(stage).schedule.steps.epochs"] {
        if let share = share(of: stage, in: tree) {
          try scale(path, by: share, in: &tree)
        } else if reference.length(of: stage) != tree.length(of: stage) {
          try postpone(path, behind: "\(stage).length", in: &tree)
        }
      }
    }
  }

  /// Steps and epochs are compared when the data are known; until then the recipe's own value is shown with that reason.
  private func postpone(_ path: String, behind length: String, in tree: inout SettingsTree) throws {
    guard tree.origin(of: path)?.isGiven == false, let usual = tree.value(at: path) else { return }
    try tree.set(path, to: usual, origin: .derived(reason: "\(length), once the number of images is known"))
  }

  /// How long a stage is beside the recipe's.
  private struct Share {
    let factor: Double
    let reason: String
  }

  /// Nil where the stage is as long as the recipe's, or where that cannot be told.
  private func share(of stage: String, in tree: SettingsTree) -> Share? {
    guard let usual = reference.length(of: stage), let length = tree.length(of: stage), usual != length else {
      return nil
    }
    let batchSize = tree.value(at: "\(stage).batchSize")?.integerValue ?? 1
    let stepsPerEpoch = imageCount.map { max(1, ($0 + batchSize - 1) / max(1, batchSize)) }
    guard let factor = length.share(of: usual, stepsPerEpoch: stepsPerEpoch) else { return nil }
    return Share(factor: factor, reason: "\(stage).length is \(length), the recipe's \(usual)")
  }

  private func follow(_ share: Share, lengthOf stage: String, in tree: inout SettingsTree) throws {
    let path = "\(stage).length"
    guard tree.origin(of: path)?.isGiven == false, let usual = reference.length(of: stage) else { return }
    let length = usual.scaled(by: share.factor)
    guard length != usual else { return }
    try tree.set(path, to: .string(length.description), origin: .derived(reason: share.reason))
  }

  private func scale(_ path: String, by share: Share, in tree: inout SettingsTree) throws {
    guard tree.origin(of: path)?.isGiven == false, let usual = reference.defaults.value(at: path) else { return }
    // What was chosen for the data follows from the length already.
    if case .data = tree.origin(of: path) { return }
    let value: JSONValue
    switch usual {
    case .integer(let count) where count > 0:
      value = .integer(max(1, Int((Double(count) * share.factor).rounded())))
    case .number(let count) where count > 0: value = .number(Self.epochs(count * share.factor))
    case .array(let counts) where !counts.isEmpty:
      value = .array(counts.map { .number(Self.position(($0.doubleValue ?? 0) * share.factor)) })
    default: return
    }
    try tree.set(path, to: value, origin: .derived(reason: share.reason))
  }

  /// Whole from two epochs on, as published warm-ups are; below, to hundredths.
  static func epochs(_ count: Double) -> Double { count >= 2 ? count.rounded() : max(0.01, position(count)) }

  private static func position(_ epoch: Double) -> Double { (epoch * 100).rounded() / 100 }
}

extension SettingsTree {
  /// The length of a stage; nil for what is no stage.
  fileprivate func length(of stage: String) -> TrainingLength? {
    value(at: "\(stage).length")?.stringValue.flatMap(TrainingLength.init)
  }
}
