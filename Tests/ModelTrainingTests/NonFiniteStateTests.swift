import Datasets
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Serialization
import Testing
import Torch
import TrainingTestSupport
import VisionModels

/// Infinities and values that are not numbers never get into a state, a checkpoint or a network.
@Suite(.serialized) struct NonFiniteStateTests {
  // MARK: A batch of one

  /// 17 images in batches of 16 and the like: a last image alone joins the batch before it; nothing else changes.
  @Test func aLastBatchOfOneJoinsTheOneBefore() {
    for count in 1...40 {
      for size in 1...17 {
        let joins = size > 1 && count > size && count % size == 1
        let steps = (count + size - 1) / size - (joins ? 1 : 0)
        #expect(BatchPlan.stepsPerEpoch(imageCount: count, batchSize: size) == steps)
      }
    }
  }

  /// From memory and from files, in one run and resumed within and between epochs, the network sees the same batches.
  @Test(arguments: [true, false])
  func trainsOnSeventeenImagesInBatchesOfSixteen(fromMemory: Bool) throws {
    try withTemporaryFolder { folder in
      let images = try SyntheticImages(
        SyntheticImageSettings(classCount: 2, largestClass: 11, imbalanceFactor: 1.8, testImagesPerClass: 1))
      try #require(images.training.count == 17)
      try images.write(to: folder.path)
      var loading = ImageStorage()
      loading.location = fromMemory ? .memory : .files
      let data = try TrainingData.prepare(
        DataDirectory.open(folder.path),
        preprocessing: Preprocessing(inputSize: Tiny.inputSize, normalization: Tiny.normalization),
        on: .cpu, loading: loading)
      let recipe = Tiny.recipe([try Tiny.stage(length: .epochs(3), batchSize: 8)])
      let whole = try TrainingRuns.contents(of: recipe, on: data)
      let resumed = try TrainingRuns.contents(of: recipe, on: data, stoppingAfter: [1, 2, 5])
      try TrainingRuns.expectEqual(resumed, whole)
      for (name, tensor) in whole where tensor.dtype.isFloatingPoint {
        #expect(try tensor.doubles().allSatisfy(\.isFinite), "\(name)")
      }
    }
  }

  /// One image with 1 x 1 maps has no variance: the running mean moves, the running variance stays.
  @Test(arguments: [true, false])
  func oneValuePerChannelLeavesTheRunningVariance(usesKernels: Bool) throws {
    let layer = try BatchNormalization2d(channels: 3, using: Initializer(seed: 0))
    layer.setTraining(true)
    let input = try Tensor([Float(2), -4, 10], shape: [1, 3, 1, 1]).requiringGradient(true)
    let image = try usesKernels ? input.contiguous(.channelsLast) : input
    let output = try layer(image)
    let values = try output.detached().floats()
    #expect(!values.contains { abs($0) > 1e-3 || $0.isNaN })
    #expect(try layer.runningMean.floats().map { ($0 * 10).rounded() } == [2, -4, 10])
    #expect(try layer.runningVariance.floats() == [1, 1, 1])
    // Two values have a variance.
    _ = try layer(Tensor([Float(0), 0, 0, 2, 2, 2], shape: [2, 3, 1, 1]))
    #expect(try layer.runningVariance.floats().allSatisfy { abs($0 - 1.1) < 1e-6 })
  }

  // MARK: Saving

  @Test func namesTensorsThatAreNotFinite() throws {
    let tensors = [
      try Tensor([Float(1), 2]), try Tensor([Float(1), .nan]), try Tensor([3]),
      try Tensor([Float.infinity]).to(.float16),
      try Tensor([Float(3e38), 3e38]), try Tensor.zeros([0]), try Tensor([Double(1e300), -.infinity]),
    ]
    #expect(try TensorLists.nonFinitePositions(tensors) == [1, 3, 6])
    #expect(try TensorLists.nonFinitePositions([]) == [])
  }

  /// Non-finite state besides the weights: a running statistic, a momentum. The last checkpoint stays.
  @Test(arguments: ["statistic", "momentum"])
  func aPoisonedStateIsNotSaved(kind: String) throws {
    let data = try Tiny.data()
    try withTemporaryFolder { folder in
      let store = CheckpointStore(folder: folder.path)
      var before: FileDigest?
      var model: (any ImageModel)?
      let poisoner = Watcher { event in
        switch event {
        case .saved where before == nil: before = try FileDigest(of: store.lastPath)
        case .interval(let progress, _) where before != nil && progress.isEndOfRun:
          let target = try #require(
            model?.state.first { $0.name.hasSuffix(kind == "statistic" ? "running_var" : "conv1.weight") })
          try withoutGradients { try target.tensor.detached().fill(kind == "statistic" ? .nan : .infinity) }
        default: break
        }
      }
      let trainer = try Tiny.trainer(Tiny.recipe([try Tiny.stage()]), on: data, store: store, observers: [poisoner])
      model = trainer.model
      let error = #expect(throws: TrainingError.self) { try trainer.run() }
      guard case .stateNotFinite("joint", 8, _, let tensor, store.lastPath) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(tensor.hasSuffix(kind == "statistic" ? "running_var" : "conv1.weight"))
      #expect(error?.description.contains("'\(tensor)'") == true)
      #expect(try FileDigest(of: store.lastPath) == #require(before))
    }
  }

  // MARK: Importing

  /// Imported weights and finished stages; the error names the tensor as its file does.
  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func importedWeightsMustBeFinite(value: Float) throws {
    try withTemporaryFolder { folder in
      let model = try ModelDescription(backbone: "resnet20").model(classes: 3, seed: 0)
      let path = folder.appending(path: "weights.safetensors").path
      func write(poisoning name: String?) throws {
        let tensors = try model.state.map { item in
          let values = try item.tensor.detached().clone()
          if item.name == name { try values.fill(Double(value)) }
          return NamedTensor("module." + item.name, values)
        }
        try SafetensorsWriter.write(to: path, tensors: tensors.map { $0.tensor.layout(named: $0.name) }) {
          index, output in
          try tensors[index].tensor.withHostBytes { try output($0) }
        }
      }
      for name in ["layer1.0.conv1.weight", "bn1.running_var", "linear.bias"] {
        try write(poisoning: name)
        let before = try model.state.map { try $0.tensor.doubles() }
        let error = #expect(throws: SerializationError.self) { try WeightsFile(path).load(into: model) }
        #expect(error == .notFinite(path: path, tensor: "module." + name))
        #expect(try model.state.map { try $0.tensor.doubles() } == before)
      }
      try write(poisoning: nil)
      #expect(try WeightsFile(path).load(into: model).hasBackbone)
    }
  }
}

extension StageProgress {
  fileprivate var isEndOfRun: Bool { step == totalSteps }
}
