import NeuralNetworks
import Objectives
import Transforms
import VisionModels

/// A part of training with its own optimisers and length: streams of images, and the updates of each step.
public struct Stage: Sendable {
  /// The name in logs and checkpoints.
  public var name: String
  /// How long it lasts.
  public var length: TrainingLength
  /// Changes to the model when the stage begins, in order.
  public var initializations: [StageInitialization]
  /// The streams of images; the first one defines the epoch.
  public var streams: [DataStream]
  /// The updates of each step, in order.
  public var updates: [Update]
  /// What changes inside the stage; one phase begins at 0.
  public var phases: [Phase]
  /// Whether normalisation layers without trained parameters use running statistics (as in evaluation) or the batch's.
  public var frozenNormalization: FrozenNormalization
  /// The decay of the EMA of the weights, or nil for none. Evaluation uses the EMA.
  public var emaDecay: Double?
  /// The names of earlier stages whose final models are the teachers of this one; they see each batch in evaluation mode.
  public var teachers: [String] = []
  /// Whether teachers' normalisation uses running statistics or the batch's; the latter reproduces some published code, and does not move the
  /// running statistics.
  public var teacherNormalization = FrozenNormalization.evaluation
  /// The network of this stage, where it is not the recipe's. One that differs from that of the previous stage is re-initialised.
  public var model: ModelDescription?
  /// Makes the program of the stage's steps, if it is not the usual one.
  public var program: (@Sendable (StageContext) throws -> any StageProgram)?
  /// Whether the program samples images on the device, so that they must be in memory.
  public var drawsImages = false

  /// How normalisation behaves in frozen parts.
  public enum FrozenNormalization: String, Sendable, Codable {
    /// With running statistics, which do not move.
    case evaluation
    /// With the batch's statistics, moving the running ones; reproduces some published code.
    case training
  }

  /// Makes a stage of any number of streams and updates.
  public init(
    _ name: String, for length: TrainingLength, streams: [DataStream], updates: [Update], phases: [Phase],
    initializations: [StageInitialization] = [], frozenNormalization: FrozenNormalization = .evaluation,
    emaDecay: Double? = nil
  ) {
    self.name = name
    self.length = length
    self.initializations = initializations
    self.streams = streams
    self.updates = updates
    self.phases = phases
    self.frozenNormalization = frozenNormalization
    self.emaDecay = emaDecay
  }

  /// Makes the usual stage: one stream, one update.
  public init(
    _ name: String, for length: TrainingLength, batchSize: Int, sampler: SamplerKind = .instanceBalanced,
    optimizer: OptimizerSettings, learningRate: Double, schedule: Schedule, clipping: Double? = nil,
    training selection: ParameterSelection = .all, phases: [Phase], initializations: [StageInitialization] = [],
    emaDecay: Double? = nil, repetitions: Int = 1
  ) {
    self.init(
      name, for: length, streams: [DataStream(sampler: sampler, batchSize: batchSize, repetitions: repetitions)],
      updates: [
        Update(
          parameters: selection, optimizer: optimizer, learningRate: learningRate, schedule: schedule,
          clipping: clipping)
      ],
      phases: phases, initializations: initializations, emaDecay: emaDecay)
  }

  /// Makes a stage without steps: the model is changed, evaluated and saved.
  public init(changing name: String, _ initializations: [StageInitialization], as other: Stage) {
    self = other
    self.name = name
    self.initializations = initializations
    length = .steps(0)
    emaDecay = nil
  }

  /// What holds at a step: the phase that began last, of two that begin together the later in the list; nil before the first.
  public func phase(atStep step: Int, stepsPerEpoch: Int) -> Phase? {
    var latest: (start: Int, phase: Phase)?
    for phase in phases {
      let start = phase.from.steps(stepsPerEpoch: stepsPerEpoch)
      if start <= step, start >= latest?.start ?? Int.min { latest = (start, phase) }
    }
    return latest?.phase
  }
}

/// A named source of batches within a stage.
public struct DataStream: Sendable {
  /// The name that updates refer to.
  public var name: String
  /// Which images make an epoch.
  public var sampler: SamplerKind
  /// Images per step, over all devices together.
  public var batchSize: Int
  /// How often each image is repeated in a row, with other augmentation each time.
  public var repetitions: Int
  /// Consecutive images of a class, for samplers that take classes in turn.
  public var imagesPerClass: Int
  /// Whether the last batch of an epoch is dropped where it has fewer images than the others.
  public var dropsLastBatch = false
  /// The augmentation of further views of each image; the first view is augmented as the phase says.
  public var furtherViews: [Augmentation] = []

  /// Makes a stream.
  public init(
    _ name: String = "training", sampler: SamplerKind, batchSize: Int, repetitions: Int = 1, imagesPerClass: Int = 1
  ) {
    self.name = name
    self.sampler = sampler
    self.batchSize = batchSize
    self.repetitions = repetitions
    self.imagesPerClass = imagesPerClass
  }
}

/// An update of some parameters in each step.
public struct Update: Sendable {
  /// The name that phases refer to.
  public var name: String
  /// The stream whose batch it uses.
  public var stream: String
  /// The parameters that it changes.
  public var parameters: ParameterSelection
  /// The optimiser.
  public var optimizer: OptimizerSettings
  /// The base learning rate.
  public var learningRate: Double
  /// The schedule of the learning rate.
  public var schedule: Schedule
  /// The largest norm of all gradients together; nil for no clipping.
  public var clipping: Double?
  /// A factor on the learning rate of all parameters but the classifiers'.
  public var backboneLearningRateMultiplier = 1.0

  /// Makes an update.
  public init(
    _ name: String = "network", stream: String = "training", parameters: ParameterSelection = .all,
    optimizer: OptimizerSettings, learningRate: Double, schedule: Schedule, clipping: Double? = nil
  ) {
    self.name = name
    self.stream = stream
    self.parameters = parameters
    self.optimizer = optimizer
    self.learningRate = learningRate
    self.schedule = schedule
    self.clipping = clipping
  }
}

/// What holds from a point of a stage on, without touching the optimisers.
public struct Phase: Sendable {
  /// The point.
  public var from: TrainingLength
  /// What each update minimises, by the update's name.
  public var objectives: [String: any Objective]
  /// The augmentation of each stream, by the stream's name.
  public var augmentations: [String: Augmentation]

  /// Makes a phase of any number of objectives and augmentations.
  public init(
    from: TrainingLength = .epochs(0), objectives: [String: any Objective], augmentations: [String: Augmentation]
  ) {
    self.from = from
    self.objectives = objectives
    self.augmentations = augmentations
  }

  /// Makes the usual phase: one objective, one augmentation.
  public init(from: TrainingLength = .epochs(0), objective: any Objective, augmentation: Augmentation) {
    self.init(from: from, objectives: ["network": objective], augmentations: ["training": augmentation])
  }
}

/// Which parameters an update changes.
public enum ParameterSelection: Sendable, Equatable {
  /// All of them.
  case all
  /// Those whose path begins with one of the given parts, such as `layer4`.
  case only([String])
  /// All others.
  case allExcept([String])

  /// Stands for the name of the classifier in paths, whatever the network calls it.
  public static let head = "<head>"

  /// Whether a path is selected.
  ///
  /// - Parameters:
  ///   - path: the path of a parameter.
  ///   - heads: the names of the network's classifiers.
  public func contains(_ path: String, heads: [String]) -> Bool {
    switch self {
    case .all: true
    case .only(let parts): Self.named(parts, heads: heads).contains { path == $0 || path.hasPrefix($0 + ".") }
    case .allExcept(let parts): !ParameterSelection.only(parts).contains(path, heads: heads)
    }
  }

  private static func named(_ parts: [String], heads: [String]) -> [String] {
    parts.flatMap { part in
      part.hasPrefix(head) ? heads.map { $0 + part.dropFirst(head.count) } : [part]
    }
  }
}
