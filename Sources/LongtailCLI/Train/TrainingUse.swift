import ArgumentParser
import Longtail

/// What a training would be given in vain for its data: refused before anything is trained, by every command that trains.
struct TrainingUse {
  private let launch: RunLaunch
  private let directory: DataDirectory
  private let tree: SettingsTree
  private let defaults: SettingsTree
  private let settings: DataSettings

  /// - Parameters:
  ///   - launch: what the run is started with.
  ///   - directory: its data.
  ///   - tree: its settings, resolved.
  init(_ launch: RunLaunch, _ directory: DataDirectory, _ tree: SettingsTree) throws {
    let entry = try RecipeRegistry.recipe(named: launch.recipe)
    (self.launch, self.directory, self.tree) = (launch, directory, tree)
    defaults = try entry.settingsTree()
    settings = try entry.settings(from: tree).data
  }

  /// Refuses settings and options that have no effect.
  /// - Parameter evaluateEvery: epochs between two measurements, if they were given.
  func check(evaluateEvery: Int?) throws {
    try checkThinning()
    try checkPlace()
    if let evaluateEvery, evaluateEvery > 0, directory.evaluation == nil {
      throw ValidationError(
        "--evaluate-every measures on a test set, and the data have none; add --hold-out 0.2, or leave it out.")
    }
  }

  private func checkThinning() throws {
    let path = "data.imbalanceFactor"
    let thins = TrainingData.thins(directory, settings)
    if settings.imbalanceFactor > 1, let origin = tree.origin(of: path), origin.isGiven {
      guard launch.trainingList.isEmpty else {
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
    let selects = thins && launch.trainingList.isEmpty
    let asTheyAre = "these data are used as they are; only CIFAR with data.imbalanceFactor above 1 is thinned"
    try refuse("data.profile", if: !selects, asTheyAre)
    try refuse(
      "data.selectionSeed", if: !selects && settings.validationShare == 0,
      asTheyAre + ", and no images are set aside (data.validationShare)")
  }

  private func checkPlace() throws {
    let (loading, path) = (launch.loading, directory.path)
    let isResident = directory.training.isResident
    let inMemory = "\(path) has no image files, its images lie in memory"
    try refuse("data.cachedShortSide", if: isResident && settings.cachedShortSide > 0, inMemory)
    try UnusedOption.refuse(
      "--images files", given: loading.place == .files, if: isResident, "\(inMemory); leave it out")
    try UnusedOption.refuse(
      "--skip-unreadable", given: launch.skipsUnreadable, if: isResident,
      "\(inMemory), and none can be unreadable; leave it out")
    try UnusedOption.refuse(
      "--images memory", given: loading.place == .memory, if: settings.cachedShortSide > 0,
      "data.cachedShortSide keeps decoded images in a file; leave out one of both")
    guard !loading.cacheFolder.isEmpty, settings.cachedShortSide == 0 || isResident else { return }
    throw ValidationError(
      "--cache-folder keeps decoded images, and none are kept; "
        + (isResident ? "\(inMemory)." : "add --set data.cachedShortSide=256 or the like."))
  }

  /// Refuses a given value that is not the recipe's own.
  private func refuse(_ path: String, if isUnused: Bool, _ reason: String) throws {
    guard isUnused, let origin = tree.origin(of: path), origin.isGiven,
      tree.value(at: path) != defaults.value(at: path)
    else { return }
    throw SettingsError.invalidValue(path: path, reason: "it has no effect: \(reason); leave it out", origin: origin)
  }
}
