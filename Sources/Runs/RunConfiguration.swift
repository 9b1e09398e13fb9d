import DataLoading
import Datasets
import FileAccess
import Foundation
import LongtailMethods
import ModelTraining
import RunRecords
import Serialization
import Transforms

/// A run that can begin: recipe, settings, data, device and folder, all resolved.
///
/// ```swift
/// let recipe = try RecipeRegistry.recipe(named: "ride/own")
/// let options = RunOptions { $0.data.path = "photos" }
/// let configuration = try RunConfiguration(options, recipe: recipe) { try $0.apply(assignment: "experts.count=4") }
/// let data = try Preflight(configuration).prepareData()
/// let run = try RecordedRun.begin(configuration)
/// try run.train(on: data)
/// ```
public struct RunConfiguration {
  /// Data, seed, device, weights and the like, as they were asked for.
  public private(set) var options: RunOptions
  /// The recipe.
  public let recipe: RecipeEntry
  /// The resolved settings with the origin of each value.
  public let settings: SettingsTree
  /// The resolved settings as a value of the method's type.
  public let method: any Method
  /// The opened data.
  public let data: DataDirectory
  /// The device and how it computes.
  public let compute: ComputeSettings
  /// The run's folder.
  public private(set) var folder: String

  /// Resolves a run. Nothing is written, and no image is decoded.
  ///
  /// - Parameters:
  ///   - options: data, seed, device and the like.
  ///   - recipe: the recipe.
  ///   - folder: the run's folder; nil for a free one in `runs`, named after the recipe.
  ///   - data: the data, where they are open already.
  ///   - change: applies files and assignments to the recipe's settings.
  /// - Throws: `SettingsError`, `DataSourceError`, `TorchError.device`.
  public init(
    _ options: RunOptions, recipe: RecipeEntry, folder: String? = nil, data: DataDirectory? = nil,
    changing change: (inout SettingsTree) throws -> Void = { _ in }
  ) throws {
    self.options = options
    self.options.recipe = recipe.name
    self.recipe = recipe
    // A misspelt setting and a missing file are found before data are opened, which may take long.
    _ = try recipe.resolvedTree(applying: change)
    if let weights = options.weights { _ = try InputFile(weights) }
    compute = try options.compute.settings()
    let directory = try data ?? options.data.open(seed: options.seed)
    self.data = directory
    settings = try recipe.resolvedTree(
      for: RecipeEntry.DataFacts(options, directory, isOwn: recipe.isForOwnData, compute: compute), applying: change)
    method = try recipe.settings(from: settings)
    self.folder = folder ?? RunFolder.free(named: recipe.name)
  }

  /// The same configuration for one of several seeds; all hold out the same test set.
  ///
  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - folder: the run's folder.
  public func seeded(_ seed: UInt64, folder: String) -> RunConfiguration {
    var copy = self
    copy.options.data.holdOutSeed = options.data.holdOutSeed ?? options.seed
    copy.options.seed = seed
    copy.folder = folder
    return copy
  }
}

extension RunFolder {
  /// `runs/` and a recipe's name, with a number where there is such a folder already.
  ///
  /// - Parameter name: the recipe's name; its slashes become hyphens.
  public static func free(named name: String) -> String {
    let base = "runs/" + name.replacing("/", with: "-")
    var path = base
    var number = 2
    while FileManager.default.fileExists(atPath: path) {
      path = "\(base)-\(number)"
      number += 1
    }
    return path
  }
}
