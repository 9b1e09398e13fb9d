import DataLoading
import Datasets
import Foundation
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Torch
import Transforms
import VisionModels

/// Data and recipes that train in a fraction of a second.
package enum Tiny {
  /// The width and height of the images, in pixels.
  package static let inputSize = 16

  /// Synthetic images of four classes with 10, 6, 4 and 2 of them, and two test images each.
  package static func data() throws -> TrainingData {
    let images = try SyntheticImages(
      SyntheticImageSettings(classCount: 4, largestClass: 10, imbalanceFactor: 4, testImagesPerClass: 2))
    let labels = images.training.labels.map(Int32.init)
    return TrainingData(
      training: try shrunk(images.training), test: try shrunk(images.test),
      classes: try ClassDistribution(labels: labels, classCount: 4, names: images.training.classNames),
      digest: "tiny")
  }

  /// Every second row and column: a quarter of the work for the network.
  private static func shrunk(_ images: ResidentImages) throws -> DeviceImages {
    let (rows, side) = (0..<images.labels.count * inputSize, images.side)
    let pixels = rows.flatMap { row in
      let start = row / inputSize * side * side * 3 + row % inputSize * 2 * side * 3
      return (0..<inputSize).flatMap { images.pixels[start + $0 * 6..<start + $0 * 6 + 3] }
    }
    return try DeviceImages(bytes: pixels, side: inputSize, labels: images.labels.map(Int32.init), on: .cpu)
  }

  /// Crop, flip and cutout at once.
  package static let augmentation = Augmentation {
    ($0.cropPadding, $0.flipProbability) = (4, 0.5)
    $0.cutout = .init { $0.size = 8 }
  }
  /// Single precision, so that results are the same on processors with and without short products.
  package static let compute = ComputeSettings(device: .cpu, precision: .float32)
  package static let normalization = Normalization(mean: [0.5, 0.5, 0.5], standardDeviation: [0.25, 0.25, 0.25])

  /// Eight updates of six images: two epochs of four, unless the length says something else.
  package static func stage(
    _ name: String = "joint", length: TrainingLength = .epochs(2), batchSize: Int = 6,
    sampler: SamplerKind = .instanceBalanced, optimizer: OptimizerSettings = .sgd(weightDecay: 5e-4, nesterov: true),
    learningRate: Double = 0.05, schedule: Schedule = .cosine(end: 0, by: .step), clipping: Double? = nil,
    training: ParameterSelection = .all, phases: [Phase]? = nil, emaDecay: Double? = nil
  ) throws -> Stage {
    Stage(
      name, for: length, batchSize: batchSize, sampler: sampler, optimizer: optimizer, learningRate: learningRate,
      schedule: schedule, clipping: clipping, training: training,
      phases: try phases ?? [Phase(objective: CrossEntropyLoss(), augmentation: augmentation)], emaDecay: emaDecay)
  }

  package static func recipe(
    _ stages: [Stage], backbone: String = "resnet20", head: ModelDescription.HeadKind = .linear, name: String = "tiny",
    inputSize: Int = inputSize
  ) -> Recipe {
    Recipe(
      name, source: "a test", model: ModelDescription(backbone: backbone, head: head),
      preprocessing: Preprocessing(inputSize: inputSize, normalization: normalization), stages: stages)
  }

  /// A reading after every step, a checkpoint after every epoch.
  package static var options: Trainer.Options {
    var options = Trainer.Options()
    options.readingsPerEpoch = 1_000_000
    options.secondsBetweenCheckpoints = 0
    return options
  }

  package static func trainer(
    _ recipe: Recipe, on data: TrainingData, compute: ComputeSettings = compute, seed: UInt64 = 5,
    options: Trainer.Options = options, store: CheckpointStore? = nil, observers: [any TrainingObserver] = [],
    stop: StopSignal = StopSignal()
  ) throws -> Trainer {
    try Trainer(
      recipe, data: data, compute: compute, seed: seed, options: options, store: store, observers: observers, stop: stop
    )
  }
}
