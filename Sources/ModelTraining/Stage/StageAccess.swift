import DataLoading
import Datasets
import NeuralNetworks
import Objectives
import Torch
import Transforms
import VisionModels

/// What a stage's program works with: the model, batches, objectives, and updates that are counted and recorded.
public final class StageAccess {
  /// The model.
  public let model: any ImageModel
  /// Models of earlier stages in evaluation mode, whose weights stay as they are, in the order in which the stage names them.
  public let teachers: [any ImageModel]
  /// The program of the stage before, as it ended; nil for the first stage, and for a run that goes on within this one, whose own state
  /// holds everything.
  public let previous: (any StageProgram)?
  /// The training classes.
  public let classes: ClassDistribution
  /// The class of each training image, int64 `[count]`, on the device.
  public let labels: Tensor
  /// Where everything is computed.
  public let device: Device
  /// The run's seed.
  public let seed: UInt64
  /// The number of the stage within the run.
  public let index: Int
  /// Steps of an epoch.
  public let stepsPerEpoch: Int
  /// Steps of the stage.
  public let totalSteps: Int
  /// The step of the stage, int64 without axes on the device.
  public let step: Tensor
  /// The updates of the stage.
  public let updates: [Update]
  /// What the present step works with; set before it.
  var phase: Phase?
  var counts: [String: Int] = [:]
  private let compute: ComputeSettings
  private let preprocessing: Preprocessing
  private let streams: [String: StreamState]
  private let optimizers: [any Optimizer]
  private let rates: [Tensor]
  private let metrics: [StepMetrics]
  private let casts: WeightCasts?
  private let notice: (@Sendable (String) -> Void)?
  /// What the teachers say, where that is the same each time.
  private var cachedTeacherLogits: CachedTeacherLogits?
  /// Whether the teachers have been asked about every image once, and are not asked again.
  public var cachesTeacherLogits: Bool { cachedTeacherLogits != nil }

  init(
    _ stage: Stage, index: Int, model: any ImageModel, teachers: [any ImageModel], data: TrainingData,
    preprocessing: Preprocessing, compute: ComputeSettings, seed: UInt64, step: Tensor, stepsPerEpoch: Int,
    totalSteps: Int, streams: [String: StreamState], optimizers: [any Optimizer], rates: [Tensor],
    metrics: [StepMetrics], previous: (any StageProgram)?, notice: (@Sendable (String) -> Void)?
  ) {
    self.model = model
    self.teachers = teachers
    self.previous = previous
    self.notice = notice
    classes = data.classes
    labels = data.training.labels
    device = compute.device
    self.seed = seed
    self.index = index
    self.stepsPerEpoch = stepsPerEpoch
    self.totalSteps = totalSteps
    self.step = step
    updates = stage.updates
    self.compute = compute
    self.preprocessing = preprocessing
    self.streams = streams
    self.optimizers = optimizers
    self.rates = rates
    self.metrics = metrics
    casts = compute.precision.autocast.map { WeightCasts(of: model, to: $0) }
  }

  /// Tells the user something before it is done, such as how much memory it takes.
  public func tell(_ text: String) { notice?(text) }

  // MARK: Batches

  /// The images of a stream's batch at this step; fewer where an epoch ends.
  public func batchSize(of stream: String) -> Int { counts[stream] ?? 0 }

  /// The next batch of a stream, changed as the phase says; once a step and stream.
  public func nextBatch(of stream: String) throws -> Batch { try nextViews(of: stream)[0] }

  /// All views of the next batch of a stream: the first changed as the phase says, the others as the stream says; once a step and stream.
  public func nextViews(of stream: String) throws -> [Batch] {
    let state = try self.stream(stream)
    return try withoutGradients {
      let next = try state.next(counts[stream] ?? 0, augmentation: phase?.augmentations[stream] ?? .none)
      return try next.views.enumerated().map { number, view in
        try batch(
          view.images, at: view.chosen, labels: next.labels, indices: next.indices, changedBy: view.left,
          view: number, stream: state)
      }
    }
  }

  /// The images that indices on the device name, changed as the phase changes a stream's.
  /// - Throws: `RecipeError.incomplete` when images are read from files, of which the host must know beforehand which are wanted.
  public func batch(at indices: Tensor, like stream: String) throws -> Batch {
    let state = try self.stream(stream)
    return try withoutGradients {
      let (images, chosen, left) = try state.images(
        at: indices, augmentation: phase?.augmentations[stream] ?? .none)
      return try batch(
        images, at: chosen, labels: labels.entries(at: indices), indices: indices, changedBy: left, view: 0,
        stream: state)
    }
  }

  private func batch(
    _ images: Tensor, at chosen: Tensor?, labels: Tensor, indices: Tensor, changedBy left: Augmentation, view: Int,
    stream: StreamState
  ) throws -> Batch {
    let places = try Tensor.range(0, indices.elementCount, on: device)
    let number = stream.plan.stream
    let changed = try left(
      images, at: chosen, places: places, step: step, seed: seed, stream: number, view: view,
      normalization: preprocessing.normalization)
    let (images, mixed) = try left.mix(
      changed, labels: labels, places: places, step: step, seed: seed, stream: number)
    return Batch(
      images: try images.contiguous(compute.memoryFormat), labels: labels, indices: indices, mixed: mixed)
  }

  private func stream(_ name: String) throws -> StreamState {
    guard let stream = streams[name] else {
      throw RecipeError.incomplete(stage: "\(index)", missing: "the stream '\(name)'")
    }
    return stream
  }

  // MARK: Models

  /// A network beside the model, on the device and in its memory format, with first weights of its own.
  public func anotherModel(_ description: ModelDescription) throws -> any ImageModel {
    let other = try description.model(classes: model.classCount, seed: seed)
    try other.move(to: device, format: compute.memoryFormat)
    other.connectRandomLayers(to: RandomSource(seed: seed, step: step))
    return other
  }

  // MARK: Passes

  /// Applies a network, the model without another one, in the run's precision.
  public func output(of images: Tensor, by other: (any ImageModel)? = nil) throws -> ModelOutput {
    try inPrecision { try other.map { try $0(images) } ?? casts?({ try model(images) }) ?? model(images) }
  }

  /// Runs passes in the run's precision.
  public func inPrecision<Result>(_ body: () throws -> Result) throws -> Result {
    try withAutocast(compute.precision.autocast, on: device, body)
  }

  /// What objectives see beside output and batch: the step, and what the teachers say of the batch.
  public func context(for batch: Batch) throws -> StepContext {
    try withoutGradients {
      let answers = try cachedTeacherLogits?.outputs(at: batch.indices)
      return StepContext(
        step: step, stepsPerEpoch: stepsPerEpoch,
        teachers: try answers ?? teachers.map { try output(of: batch.images, by: $0) })
    }
  }

  /// Asks the teachers about every image once, if the stage shows them as they are and in memory each time.
  func askTeachersOnce(_ stage: Stage, imageCount: Int) throws {
    let showsThemAsTheyAre = stage.phases.allSatisfy { $0.augmentations.values.allSatisfy { $0 == .none } }
    guard !teachers.isEmpty, stage.teacherNormalization == .evaluation, showsThemAsTheyAre,
      let name = stage.streams.first?.name, streams.values.allSatisfy(\.isResident)
    else { return }
    cachedTeacherLogits = try withoutGradients {
      try CachedTeacherLogits(count: imageCount, batchSize: 256) { range in
        let batch = try batch(at: Tensor.range(range.lowerBound, range.upperBound, on: device), like: name)
        return try teachers.map { try output(of: batch.images, by: $0) }
      }
    }
  }

  /// What an update minimises at present.
  /// - Throws: `RecipeError.incomplete` when the phase names no objective for it.
  public func objective(of update: String) throws -> any Objective {
    guard let objective = phase?.objectives[update] else {
      throw RecipeError.incomplete(stage: "\(index)", missing: "the objective of update '\(update)'")
    }
    return objective
  }

  // MARK: Updates

  /// The learning rate of an update at this step, float32 without axes on the device.
  public func learningRate(of update: String) throws -> Tensor {
    try rates[number(of: update)].entries(at: step.reshaped([1])).reshaped([])
  }

  /// The optimiser of an update.
  public func optimizer(of update: String) throws -> any Optimizer { optimizers[try number(of: update)] }

  /// Computes terms, their gradients, and one update of the parameters; counts terms and hits.
  ///
  /// - Parameters:
  ///   - update: the name of the update.
  ///   - labels: the classes that hits are counted by, int64 `[batch]`.
  ///   - terms: computes the terms and, to count hits, the logits. An optimiser that looks at a second point calls it twice.
  public func minimize(
    by update: String, labels: Tensor, _ terms: () throws -> (terms: [LossTerm], logits: Tensor?)
  ) throws {
    let number = try number(of: update)
    let optimizer = optimizers[number]
    try optimizer.update(learningRate: learningRate(of: update), clipping: updates[number].clipping) { pass in
      try optimizer.clearGradients()
      setRunningValues(updated: pass == 0)
      let (terms, logits) = try terms()
      let total = try terms.total()
      try total.backward()
      guard pass == 0 else { return setRunningValues(updated: true) }
      try count(terms, total: total, logits: logits, labels: labels, of: update)
    }
  }

  /// One update by gradients that have been left in the parameters.
  public func update(by update: String) throws {
    let number = try number(of: update)
    try optimizers[number].update(learningRate: learningRate(of: update), clipping: updates[number].clipping) { _ in }
  }

  /// Adds terms, and hits where there are logits, to what is read at intervals.
  public func count(_ terms: [LossTerm], total: Tensor, logits: Tensor?, labels: Tensor, of update: String) throws {
    try metrics[number(of: update)].add(
      terms, total: total, prefix: updates.count == 1 ? "" : update + "/", logits: logits, labels: labels, step: step)
  }

  private func number(of update: String) throws -> Int {
    guard let number = updates.firstIndex(where: { $0.name == update }) else {
      throw RecipeError.incomplete(stage: "\(index)", missing: "the update '\(update)'")
    }
    return number
  }

  /// A second pass over the same batch must not count twice in the running values.
  private func setRunningValues(updated: Bool) {
    guard optimizers.contains(where: { $0 is SharpnessAwareMinimization }) else { return }
    for part in model.allModules { (part.module as? BatchNormalization2d)?.updatesRunningValues = updated }
  }
}
