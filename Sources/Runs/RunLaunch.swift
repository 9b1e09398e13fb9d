import Datasets
import LongtailMethods
import ModelTraining

/// What a run was started with, beside its settings: enough to go on without asking again. Kept as `run.json`.
public struct RunLaunch: Sendable, Codable, Equatable {
  /// The recipe's name.
  public var recipe: String
  /// The data folder, or `drawn` for the synthetic images.
  public var data: String
  /// The seed of all random choices.
  public var seed: UInt64
  /// `auto`, `cpu`, `cuda:0`, …
  public var device: String
  /// `auto`, `float32` or `bfloat16`.
  public var precision: String
  /// Threads inside one operation; 0 for the engine's own choice.
  public var threads: Int
  /// Epochs between two measurements; 0 for only the last.
  public var evaluationInterval: Int
  /// Least seconds between two checkpoints inside a stage; they are written at ends of epochs.
  public var checkpointInterval: Double
  /// The share of training images set aside for testing when the data have no test set; 0 for none.
  public var holdOut: Double
  /// Whether images that cannot be decoded are left out.
  public var skipsUnreadable: Bool
  /// Whether classes without training images are allowed.
  public var allowsEmptyClasses: Bool

  /// A file that names the training images to use, as `data make-longtail` writes it; empty for all. No more images are left out then.
  public var trainingList: String
  /// A file with one class name a line, for lists; empty for none.
  public var classNamesFile: String
  /// How the data folder is to be read, where that was not left to be found out.
  public var reading: DataReading
  /// Whether CIFAR files may have other numbers of images than the published ones.
  public var relaxesCounts: Bool
  /// A file with weights to start from; empty for fresh ones.
  public var weights: String
  /// Where images lie while the run uses them.
  public var loading: ImageStorage
  /// Whether steps are recorded as GPU graphs.
  public var capturesSteps = false
  /// Steps that a recording holds.
  public var stepsPerReplay = 1
  /// Whether a GPU may compute float32 products in TF32.
  public var usesTF32 = false
  /// Whether only algorithms are used that give the same bits each time.
  public var isDeterministic = false
  /// `auto`, `plain` or `fused`: whether kernels of our own are used.
  public var kernels = "auto"
  /// The seed that images are set aside by, where it is not the run's; runs of several seeds share one test set.
  public var holdOutSeed: UInt64?
  /// The loss that takes the place of the recipe's own; nil for that.
  public var objective: ObjectiveKind?
  /// Stages that are taken as other runs have ended them: checkpoint files by the names of stages.
  public var finishedStages: [String: String] = [:]
  /// The SHA-256 of weights and finished stages when the run began, by path.
  public var fileDigests: [String: String] = [:]
  /// What tells the run from others and fixes its files; nil before it begins.
  public var record: RunRecord?

  /// Makes a launch with the usual defaults.
  public init(
    recipe: String, data: String, seed: UInt64 = 0, device: String = "auto", precision: String = "auto",
    threads: Int = 0,
    evaluationInterval: Int = 10, checkpointInterval: Double = 20, holdOut: Double = 0, skipsUnreadable: Bool = false,
    allowsEmptyClasses: Bool = false, trainingList: String = "", classNamesFile: String = "",
    reading: DataReading = DataReading(), relaxesCounts: Bool = false,
    weights: String = "", loading: ImageStorage = ImageStorage()
  ) {
    self.recipe = recipe
    self.data = data
    self.seed = seed
    self.device = device
    self.precision = precision
    self.threads = threads
    self.evaluationInterval = evaluationInterval
    self.checkpointInterval = checkpointInterval
    self.holdOut = holdOut
    self.skipsUnreadable = skipsUnreadable
    self.allowsEmptyClasses = allowsEmptyClasses
    self.trainingList = trainingList
    self.classNamesFile = classNamesFile
    self.reading = reading
    self.relaxesCounts = relaxesCounts
    self.weights = weights
    self.loading = loading
  }

  /// Reads a launch; what an older program did not write takes its default.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      recipe: try values.decode(String.self, forKey: .recipe), data: try values.decode(String.self, forKey: .data))
    seed = try values.decodeIfPresent(UInt64.self, forKey: .seed) ?? seed
    device = try values.decodeIfPresent(String.self, forKey: .device) ?? device
    precision = try values.decodeIfPresent(String.self, forKey: .precision) ?? precision
    threads = try values.decodeIfPresent(Int.self, forKey: .threads) ?? threads
    evaluationInterval = try values.decodeIfPresent(Int.self, forKey: .evaluationInterval) ?? evaluationInterval
    checkpointInterval = try values.decodeIfPresent(Double.self, forKey: .checkpointInterval) ?? checkpointInterval
    holdOut = try values.decodeIfPresent(Double.self, forKey: .holdOut) ?? holdOut
    skipsUnreadable = try values.decodeIfPresent(Bool.self, forKey: .skipsUnreadable) ?? skipsUnreadable
    allowsEmptyClasses = try values.decodeIfPresent(Bool.self, forKey: .allowsEmptyClasses) ?? allowsEmptyClasses
    trainingList = try values.decodeIfPresent(String.self, forKey: .trainingList) ?? trainingList
    classNamesFile = try values.decodeIfPresent(String.self, forKey: .classNamesFile) ?? classNamesFile
    reading = try values.decodeIfPresent(DataReading.self, forKey: .reading) ?? reading
    relaxesCounts = try values.decodeIfPresent(Bool.self, forKey: .relaxesCounts) ?? relaxesCounts
    weights = try values.decodeIfPresent(String.self, forKey: .weights) ?? weights
    loading = try values.decodeIfPresent(ImageStorage.self, forKey: .loading) ?? loading
    capturesSteps = try values.decodeIfPresent(Bool.self, forKey: .capturesSteps) ?? capturesSteps
    stepsPerReplay = try values.decodeIfPresent(Int.self, forKey: .stepsPerReplay) ?? stepsPerReplay
    usesTF32 = try values.decodeIfPresent(Bool.self, forKey: .usesTF32) ?? usesTF32
    isDeterministic = try values.decodeIfPresent(Bool.self, forKey: .isDeterministic) ?? isDeterministic
    // Programs that did not write it had no kernels of their own; a run goes on with the bits it began with.
    kernels = try values.decodeIfPresent(String.self, forKey: .kernels) ?? "plain"
    holdOutSeed = try values.decodeIfPresent(UInt64.self, forKey: .holdOutSeed)
    objective = try values.decodeIfPresent(ObjectiveKind.self, forKey: .objective)
    finishedStages = try values.decodeIfPresent([String: String].self, forKey: .finishedStages) ?? finishedStages
    fileDigests = try values.decodeIfPresent([String: String].self, forKey: .fileDigests) ?? fileDigests
    record = try values.decodeIfPresent(RunRecord.self, forKey: .record)
  }
}
