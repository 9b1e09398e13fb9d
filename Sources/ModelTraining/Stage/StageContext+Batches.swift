import NeuralNetworks
import Objectives
import Torch
import DataLoading
import Transforms
import VisionModels

extension StageContext {
  // MARK: Batches

  /// The number of images in a stream's batch at this step; fewer where an epoch ends.
  public func batchSize(of stream: String) -> Int { batchSizes[stream] ?? 0 }

  /// The next batch of a stream, augmented as the phase says; once per step and stream.
  public func nextBatch(of stream: String) throws -> Batch { try nextViews(of: stream)[0] }

  /// All views of the next batch of a stream: the first augmented as the phase says, the others as the stream says; once per step and stream.
  public func nextViews(of stream: String) throws -> [Batch] {
    let images = try self.stream(stream)
    return try withoutGradients {
      let next = try images.next(batchSize(of: stream), augmentation: phase?.augmentations[stream] ?? .none)
      return try next.views.enumerated().map { number, view in
        try batch(of: view, number: number, labels: next.labels, indices: next.indices, stream: images.plan.stream)
      }
    }
  }

  /// The images at indices on the device, augmented as the phase says of a stream.
  ///
  /// - Parameters:
  ///   - indices: indices of training images, int64 `[batch]`.
  ///   - stream: the stream whose augmentation and random draws are used.
  /// - Throws: `RecipeError.incomplete` when images are read from files: the host would have to know the indices beforehand.
  public func batch(at indices: Tensor, like stream: String) throws -> Batch {
    let images = try self.stream(stream)
    return try withoutGradients {
      let view = try images.view(at: indices, augmentation: phase?.augmentations[stream] ?? .none)
      return try batch(
        of: view, number: 0, labels: labels.entries(at: indices), indices: indices, stream: images.plan.stream)
    }
  }

  private func batch(
    of view: UnaugmentedView, number: Int, labels: Tensor, indices: Tensor, stream: Int
  ) throws -> Batch {
    let places = try Tensor.range(0, indices.elementCount, on: device)
    let augmented = try view.augmentation(
      view.images, at: view.chosen, places: places, step: step, seed: seed, stream: stream, view: number,
      normalization: run.preprocessing.normalization)
    let (images, mixed) = try view.augmentation.mix(
      augmented, labels: labels, places: places, step: step, seed: seed, stream: stream)
    return Batch(
      images: try images.contiguous(run.compute.memoryFormat), labels: labels, indices: indices, mixed: mixed)
  }

  private func stream(_ name: String) throws -> ImageStream {
    guard let stream = streams[name] else {
      throw RecipeError.incomplete(stage: stage.name, missing: "the stream '\(name)'")
    }
    return stream
  }

  // MARK: Models

  /// Another network, on the device and in its memory format, with initial weights of its own.
  public func anotherModel(_ description: ModelDescription) throws -> any ImageModel {
    let other = try description.model(classes: model.classCount, seed: seed)
    try other.move(to: device, format: run.compute.memoryFormat)
    other.connectRandomLayers(to: RandomSource(seed: seed, step: step))
    return other
  }

  /// Applies the model, or another network, in the run's precision.
  public func output(of images: Tensor, by other: (any ImageModel)? = nil) throws -> ModelOutput {
    try inPrecision { try other.map { try $0(images) } ?? weightCasts?({ try model(images) }) ?? model(images) }
  }

  /// Runs passes in the run's precision.
  public func inPrecision<Result>(_ body: () throws -> Result) throws -> Result {
    try withAutocast(run.compute.precision.autocast, on: device, body)
  }

  // MARK: Teachers

  /// Whether the teachers' outputs were computed once for all images and are looked up at each step.
  public var cachesTeacherLogits: Bool { cachedTeacherLogits != nil }

  /// What objectives get besides output and batch: the step, and the teachers' outputs for the batch.
  public func context(for batch: Batch) throws -> StepContext {
    try withoutGradients {
      let cached = try cachedTeacherLogits?.outputs(at: batch.indices)
      return StepContext(
        step: step, stepsPerEpoch: stepsPerEpoch,
        teachers: try cached ?? teachers.map { try output(of: batch.images, by: $0) })
    }
  }

  /// Computes the teachers' outputs for all images, if the stage neither augments images nor reads them from files.
  func cacheTeacherLogits() throws {
    let isUnaugmented = stage.phases.allSatisfy { $0.augmentations.values.allSatisfy { $0 == .none } }
    guard !teachers.isEmpty, stage.teacherNormalization == .evaluation, isUnaugmented,
      let name = stage.streams.first?.name, run.data.training.isResident
    else { return }
    cachedTeacherLogits = try withoutGradients {
      try CachedTeacherLogits(count: run.data.training.count, batchSize: 256) { range in
        let batch = try batch(at: Tensor.range(range.lowerBound, range.upperBound, on: device), like: name)
        return try teachers.map { try output(of: batch.images, by: $0) }
      }
    }
  }
}
