import Datasets
import LongtailMethods
import ModelTraining
import NeuralNetworks
import RunRecords
import Serialization

extension RecipeEntry {
  /// What is known of the data that a recipe is resolved for.
  public struct DataFacts {
    /// Training images that some settings choose.
    let imageCount: (DataSettings) throws -> Int
    /// What settings for data of one's own are drawn from; nil for recipes of registered data.
    let own: OwnDataAdvice.Facts?

    /// States facts.
    ///
    /// - Parameters:
    ///   - own: what settings for data of one's own are drawn from; nil for recipes of registered data.
    ///   - imageCount: training images that some settings choose.
    public init(own: OwnDataAdvice.Facts? = nil, imageCount: @escaping (DataSettings) throws -> Int) {
      self.own = own
      self.imageCount = imageCount
    }
  }

  /// The settings of a run: the recipe's own, what is given in their place, and last what follows from both.
  ///
  /// - Parameters:
  ///   - facts: what is known of the data; nil before they are opened.
  ///   - change: applies files and assignments.
  /// - Throws: `SettingsError` for a value that is refused, and for a given one that would have no effect.
  public func resolvedTree(
    for facts: DataFacts? = nil, applying change: (inout SettingsTree) throws -> Void
  ) throws -> SettingsTree {
    var tree = try settingsTree()
    try change(&tree)
    // Nothing follows from a value that is refused.
    let given = try givenSettings(from: tree)
    try tree.complete(with: given)
    let defaults = try defaults(withGroupsOf: tree)
    var reference = LengthFollowing.Reference(defaults)
    if let own = facts?.own {
      let advice = OwnDataAdvice(own, for: type(of: settings), beside: tree)
      try advice.apply(to: &tree)
      reference.trainingLength = .epochs(advice.advisedEpochs)
    }
    try LengthFollowing(
      reference: reference, morePaths: given.pathsInEpochsOfTraining, imageCount: facts?.imageCount(given.data)
    ).apply(to: &tree)
    let resolved = try settings(from: tree)
    try Self.requireUse(of: tree, beside: defaults, in: resolved)
    return tree
  }

  /// The recipe's own values, with those of the optional groups that a tree switches on.
  private func defaults(withGroupsOf tree: SettingsTree) throws -> SettingsTree {
    var defaults = try settingsTree()
    for leaf in defaults.leaves where leaf.value == .null && tree.value(at: leaf.path)?.objectValue != nil {
      var whole = defaults
      try whole.set(leaf.path, to: .object([:]), origin: .recipeDefault)
      // A group that has no defaults, such as one of an alternative, has none to compare with.
      guard let settings = try? givenSettings(from: whole) else { continue }
      try whole.complete(with: settings)
      defaults = whole
    }
    return defaults
  }

  /// Refuses given values that have no effect. One that is as the recipe has it, as in the file of a whole run, changes nothing.
  private static func requireUse(
    of tree: SettingsTree, beside defaults: SettingsTree, in settings: any Method
  ) throws {
    var checks = SettingChecks()
    settings.check(&checks)
    for unused in checks.unusedSettings {
      guard let origin = tree.origin(of: unused.path), origin.isGiven,
        tree.value(at: unused.path) != defaults.value(at: unused.path)
      else { continue }
      throw SettingsError.invalidValue(path: unused.path, reason: "it has no effect: \(unused.reason)", origin: origin)
    }
  }
}

extension RecipeEntry.DataFacts {
  /// Facts about a run's data: the number of training images, and for recipes for data of one's own what the images look like.
  init(_ options: RunOptions, _ directory: DataDirectory, isOwn: Bool, compute: ComputeSettings) throws {
    let own =
      isOwn
      ? try OwnDataAdvice.Facts(directory, usesGPU: compute.device.kind == .cuda, weights: options.weights) : nil
    self.init(own: own) { try TrainingData.imageCount(in: directory, choosing: options.data.selection($0)) }
  }
}

extension RecipeEntry {
  /// Whether the recipe is for data of one's own, from which network, input size and length follow.
  var isForOwnData: Bool { benchmark == .own }

  /// The defaults as a tree that files and `--set` can change.
  public func settingsTree() throws -> SettingsTree { try settings.tree() }

  /// The settings with a tree's values in place of the defaults.
  public func settings(from tree: SettingsTree) throws -> any Method { try settings.replaced(by: tree) }

  /// The same while values that nobody gave are still to be worked out: rules of given ones alone are checked.
  fileprivate func givenSettings(from tree: SettingsTree) throws -> any Method {
    try settings.replaced(by: tree, checksGivenOnly: true)
  }
}

extension Method {
  fileprivate func tree() throws -> SettingsTree { try SettingsTree(defaults: self) }
  fileprivate func replaced(by tree: SettingsTree, checksGivenOnly: Bool = false) throws -> Self {
    try tree.decode(Self.self, checksGivenOnly: checksGivenOnly)
  }
}
