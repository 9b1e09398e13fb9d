import Datasets
import ModelTraining
import NeuralNetworks
import Serialization
import VisionModels

/// A method of long-tailed recognition, told in one place: its card, its settings with their defaults, its variants,
/// its presets for benchmarks, and the one function that turns settings and a class distribution into a recipe.
///
/// `MethodRegistry.all` lists the methods. Nothing else knows one by its name.
public protocol Method: Settings {
  /// Name, paper and results.
  static var card: MethodCard { get }
  /// Other forms of the method that have recipes of their own.
  static var variants: [Variant<Self>] { get }
  /// The schedules of stages after the first, which follow that of the first.
  static var laterSchedules: [LaterSchedule<Self>] { get }
  /// The paths of augmentations that are not part of a schedule, such as that of a second view.
  static var viewPaths: [String] { get }

  /// Which images of a data set are used.
  var data: DataSettings { get set }
  /// The network.
  var model: ModelSettings { get set }
  /// The schedule of the first stage: length, batch, optimiser, learning rate, augmentation.
  var training: TrainingSettings { get set }

  /// Changes what the method has different from the benchmark's preset, such as its published schedule.
  mutating func adapt(to benchmark: Benchmark)
  /// The recipe for a training set, of settings whose rules hold; callers take `recipe(named:for:)`.
  func makeRecipe(named name: String, for classes: ClassDistribution) throws -> Recipe

  /// Whether random crops are taken of whole images, for any view of them.
  var cropsFiles: Bool { get }
  /// The paths of settings, beside those of schedules, that count epochs of `training` and follow its length.
  var pathsInEpochsOfTraining: [String] { get }
  /// Whether something is chosen by the validation set, of which `data.validationShare` is the size.
  var usesValidation: Bool { get }
}

extension Method {
  /// None.
  public static var variants: [Variant<Self>] { [] }
  /// None: a method of one stage.
  public static var laterSchedules: [LaterSchedule<Self>] { [] }
  /// None: all views are augmented as the schedule says.
  public static var viewPaths: [String] { [] }
  /// Nothing: most methods take the benchmark's preset.
  public mutating func adapt(to benchmark: Benchmark) {}
  /// Whether the augmentation of the schedule does.
  public var cropsFiles: Bool { training.augmentation.resizedCrop != nil }
  /// None: most methods count epochs in schedules alone.
  public var pathsInEpochsOfTraining: [String] { [] }
  /// Most methods choose nothing after training.
  public var usesValidation: Bool { false }
}

extension Method {
  /// The method as it is run on a benchmark.
  public init(for benchmark: Benchmark) {
    self.init()
    benchmark.prepare(&self)
    adapt(to: benchmark)
  }

  /// Takes a schedule for `training`, and for later stages the schedules that follow from it, such as a short one of
  /// the classifier.
  ///
  /// Setting `training` alone leaves later stages as they are.
  public mutating func adopt(_ schedule: TrainingSettings) {
    training = schedule
    for later in Self.laterSchedules { later.follow(&self, schedule) }
  }

  /// Whether parts of the network are fixed from the start, or change slowly, so that they need pre-trained weights.
  public var needsWeights: Bool { !model.trainedParts.isEmpty || training.backboneLearningRateMultiplier < 1 }

  /// The recipe for a training set.
  ///
  /// - Parameters:
  ///   - name: the name that runs record.
  ///   - classes: the class counts of the training set.
  /// - Throws: `SettingFault` for a value outside its range, or one that does not fit another.
  public func recipe(named name: String, for classes: ClassDistribution) throws -> Recipe {
    try requireValid()
    return try makeRecipe(named: name, for: classes)
  }

  /// A recipe of stages, with the method's paper and preprocessing.
  ///
  /// - Parameter network: the network, where it is not the plain one of the settings.
  func recipe(_ name: String, _ stages: [Stage], network: ModelDescription? = nil) -> Recipe {
    Recipe(
      name, source: Self.card.paper, model: network ?? model.description, preprocessing: model.preprocessing,
      stages: stages)
  }

  /// The declared ranges, the method's own rules, and those that all methods share.
  public func check(_ checks: inout SettingChecks) {
    checkDeclaredRanges(&checks)
    checkTogether(&checks)
    checks.require(
      data.validationShare == 0 || usesValidation, "data.validationShare", data.validationShare,
      "0 for this recipe: it chooses nothing by a validation set, and the images would be missing in training")
    let bytes = 12 * Double(model.inputSize) * Double(model.inputSize) * Double(training.batchSize)
    checks.require(
      bytes <= 1e12, "training.batchSize", training.batchSize,
      "smaller for inputs of \(model.inputSize) pixels: a batch of them would have more than 1,000 GB")
  }
}
