import DataLoading
import Datasets
import LongtailMethods
import ModelTraining
import RunRecords
import Serialization
import Transforms

/// An option or a setting that has no effect on the given data.
public struct UnusedOptionError: Error, CustomStringConvertible {
  /// The option or setting as it was given.
  public let option: String
  /// Why it has no effect, and what to do.
  public let reason: String

  /// The option and the reason.
  public var description: String { "\(option) has no effect: \(reason)." }
}

extension Preflight {
  /// Refuses settings and options that have no effect on the data.
  ///
  /// - Throws: `SettingsError` for a given setting, `UnusedOptionError` for an option.
  public func requireUse() throws {
    try checkThinning()
    try checkStorage()
  }

  private func checkThinning() throws {
    let path = "data.imbalanceFactor"
    let (settings, list) = (method.data, options.data.trainingList)
    let thins = TrainingData.thins(directory, settings)
    if settings.imbalanceFactor > 1, let origin = configuration.settings.origin(of: path), origin.isGiven {
      guard list == nil else {
        throw SettingsError.invalidValue(
          path: path, reason: "it has no effect: --train-list names the training images; leave out one of both",
          origin: origin)
      }
      guard thins else {
        throw SettingsError.invalidValue(
          path: path,
          reason: "only CIFAR is thinned, other data are used as they are; 'longtail data make-longtail' makes a list",
          origin: origin)
      }
    }
    let selects = thins && list == nil
    let reason = "these data are used as they are; only CIFAR with data.imbalanceFactor above 1 is thinned"
    try refuse("data.profile", if: !selects, reason)
    try refuse(
      "data.selectionSeed", if: !selects && settings.validationShare == 0,
      reason + ", and there is no validation set (data.validationShare)")
  }

  private func checkStorage() throws {
    let (storage, caches) = (options.data.storage, method.data.cachedShorterEdge != nil)
    let isResident = directory.training.isResident
    let inMemory = "\(directory.path) has no image files, its images are in memory"
    try refuse("data.cachedShorterEdge", if: isResident && caches, inMemory)
    try refuse(option: "--images files", if: storage.location == .files && isResident, "\(inMemory); leave it out")
    try refuse(
      option: "--skip-unreadable", if: options.data.skipsUnreadable && isResident,
      "\(inMemory), and none can be unreadable; leave it out")
    try refuse(
      option: "--images memory", if: storage.location == .memory && caches,
      "data.cachedShorterEdge caches decoded images in a file; leave out one of both")
    try refuse(
      option: "--cache-folder", if: !storage.cacheFolder.isEmpty && (!caches || isResident),
      "it is for decoded images, and none are cached; "
        + (isResident ? inMemory : "add --set data.cachedShorterEdge=256 or the like"))
  }

  private func refuse(option: String, if isUnused: Bool, _ reason: String) throws {
    if isUnused { throw UnusedOptionError(option: option, reason: reason) }
  }

  /// Refuses a given value that is not the recipe's own.
  private func refuse(_ path: String, if isUnused: Bool, _ reason: String) throws {
    let tree = configuration.settings
    guard isUnused, let origin = tree.origin(of: path), origin.isGiven,
      tree.value(at: path) != (try configuration.recipe.settingsTree().value(at: path))
    else { return }
    throw SettingsError.invalidValue(path: path, reason: "it has no effect: \(reason); leave it out", origin: origin)
  }
}
