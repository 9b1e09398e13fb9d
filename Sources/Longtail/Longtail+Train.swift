import Datasets
import LongtailMethods
import ModelTraining
import RunReports
import Runs
import Serialization

/// Training in one call.
///
/// ```swift
/// let run = try Longtail.train(RIDE { $0.experts.count = 4 }, on: "photos", holdingOut: 0.2)
/// print(run.accuracy(of: .few) ?? .nan)
/// ```
///
/// It does what `longtail train METHOD/own --data photos --hold-out 0.2` does, and leaves the same run folder, which the command-line
/// tool can evaluate, compare and resume. `RunConfiguration`, `Preflight` and `RecordedRun` are the same in steps.
public enum Longtail {
  /// Trains a method on a folder of images and evaluates it.
  ///
  /// Settings that differ from the method's defaults are used as they are; network, input size, batch size and length otherwise follow
  /// from the images.
  ///
  /// - Parameters:
  ///   - method: the method with its settings.
  ///   - data: the data folder, or `synthetic` for the synthetic images.
  ///   - fraction: the fraction of the training images held out as a test set when the data have none; 0 for none.
  ///   - folder: the run's folder, which must not exist; nil for a free one in `runs`, named after the recipe.
  ///   - seed: the random seed.
  ///   - change: changes device, precision, weights and the like.
  ///   - observers: called while training, for progress.
  ///   - notice: called with what a user should know and what takes long; it may be called from other threads.
  /// - Returns: the finished run.
  /// - Throws: `DataSourceError`, `SettingsError`, `RunError`, naming what does not fit; before anything is written, if possible.
  public static func train<M: Method>(
    _ method: M, on data: String, holdingOut fraction: Double = 0, in folder: String? = nil, seed: UInt64 = 0,
    options change: (inout RunOptions) -> Void = { _ in }, observers: [any TrainingObserver] = [],
    notice: (@Sendable (String) -> Void)? = nil
  ) throws -> RecordedRun {
    let benchmark = data == "synthetic" ? Benchmark.synthetic : .own
    let recipe = try RecipeRegistry.recipe(named: "\(M.card.name)/\(benchmark.rawValue)")
    var options = RunOptions {
      $0.data.path = data
      $0.data.holdOut = fraction
      $0.seed = seed
    }
    change(&options)
    let configuration = try RunConfiguration(options, recipe: recipe, folder: folder) {
      try $0.apply(method, beside: M())
    }
    let prepared = try Preflight(configuration, notice: notice).prepareData()
    let run = try RecordedRun.begin(configuration)
    try run.train(on: prepared, observers: observers, notice: notice)
    try RunReport.write(of: run.folder, title: recipe.name)
    return run
  }
}

extension SettingsTree {
  /// Sets the values in which settings differ from their defaults.
  fileprivate mutating func apply(_ settings: some Settings, beside defaults: some Settings) throws {
    let usual = try SettingsTree(defaults: defaults)
    for leaf in try SettingsTree(defaults: settings).leaves where leaf.value != usual.value(at: leaf.path) {
      try set(leaf.path, to: leaf.value, origin: .preset("code"))
    }
  }
}
