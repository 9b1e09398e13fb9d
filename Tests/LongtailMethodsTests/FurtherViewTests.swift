import Datasets
import LongtailMethods
import LongtailTestSupport
import ModelTraining
import NeuralNetworks
import Objectives
import Testing
import Torch
import TrainingTestSupport
import VisionModels

/// Several views of each image, from memory and from files.
@Suite(.serialized) struct FurtherViewTests {
  /// A folder of images, read as a run reads it.
  private func withData<Result>(
    _ settings: any Method, _ place: ImageStorage.Location, _ body: (TrainingData) throws -> Result
  ) throws -> Result {
    try withTemporaryFolder { folder in
      let images = try SyntheticImages(
        SyntheticImageSettings(classCount: 4, largestClass: 10, imbalanceFactor: 4, testImagesPerClass: 2))
      try images.write(to: folder.path)
      return try body(
        settings.prepare(DataDirectory.open(folder.path), on: .cpu, loading: ImageStorage(location: place)))
    }
  }

  /// Both methods that see two views, at a size that is not the files'.
  private func methods(cropping: Bool) -> [any Method] {
    var (ssd, mdcs) = (SSD(), MDCS { $0.consistency?.rampEpochs = 1 })
    func adjust(_ settings: inout some Method) {
      settings.model.inputSize = 24
      settings.model.backbone = "resnet20"
      settings.adjustSchedule {
        $0.length = .steps(5)
        $0.batchSize = 6
        $0.augmentation = cropping ? .resizedCropAndFlip : Tiny.augmentation
      }
    }
    adjust(&ssd)
    adjust(&mdcs)
    ssd.balancing.length = .steps(1)
    ssd.contrast?.queueLength = 64
    if cropping {
      mdcs.strongAugmentation.cropPadding = 0
      mdcs.strongAugmentation.resizedCrop = .init { $0.minArea = 0.1 }
    }
    return [ssd, mdcs]
  }

  /// Four steps are an epoch, so a run is stopped within one and at its end.
  @Test func viewsFromFilesResumeBitForBit() throws {
    for settings in methods(cropping: true) {
      #expect(settings.cropsFiles)
      try withData(settings, .auto) { data in
        #expect(!data.training.isResident)
        let recipe = try settings.recipe(named: "views", for: data.classes)
        let expected = try TrainingRuns.contents(of: recipe, on: data)
        let resumed = try TrainingRuns.contents(of: recipe, on: data, stoppingAfter: [2, 4])
        try TrainingRuns.expectEqual(resumed, expected, "\(type(of: settings))")
      }
    }
  }

  @Test func memoryAndFilesAgreeWithoutCrops() throws {
    for settings in methods(cropping: false) {
      func contents(_ place: ImageStorage.Location) throws -> [String: Tensor] {
        try withData(settings, place) {
          try TrainingRuns.contents(of: settings.recipe(named: "views", for: $0.classes), on: $0)
        }
      }
      try TrainingRuns.expectEqual(contents(.files), contents(.memory), "\(type(of: settings))")
    }
  }

  /// A crop has the size that the setting names, in memory and from files.
  @Test(arguments: [ImageStorage.Location.files, .memory]) func cropsHaveTheirOwnSize(place: ImageStorage.Location)
    throws
  {
    var settings = MDCS()
    settings.model.inputSize = 24
    settings.adjustSchedule {
      $0.augmentation = .resizedCropAndFlip
      $0.augmentation.resizedCrop?.size = 20
    }
    try withData(settings, place) { data in
      var stage = try Tiny.stage(
        length: .steps(2), phases: [Phase(objective: CrossEntropyLoss(), augmentation: settings.training.augmentation)])
      let viewer = Viewer()
      nonisolated(unsafe) let kept = viewer
      stage.program = { _ in kept }
      let recipe = Recipe(
        "views", source: "a test", model: ModelDescription(backbone: "resnet20"),
        preprocessing: Preprocessing(inputSize: 24, normalization: Tiny.normalization), stages: [stage])
      try Tiny.trainer(recipe, on: data).run()
      #expect(viewer.views.count == 2)
      for (views, labels) in zip(viewer.views, viewer.labels) {
        #expect(views[0].count == labels[0].count * 20 * 20 * 3)
      }
    }
  }

  /// A random crop of the strong view alone needs whole images too.
  @Test func cropsOfOneViewReadFiles() throws {
    var settings = MDCS()
    settings.adjustSchedule {
      $0.augmentation = .none
    }
    settings.strongAugmentation = .resizedCropAndFlip
    #expect(settings.cropsFiles)
    settings.strongAugmentation = .none
    #expect(!settings.cropsFiles)
  }

  /// Keeps the views of each step.
  private final class Viewer: StageProgram {
    var views: [[[Float]]] = []
    var labels: [[[Int]]] = []

    func step(in stage: StageContext) throws {
      let batches = try stage.nextViews(of: "training")
      views.append(try batches.map { try $0.images.floats() })
      labels.append(try batches.map { try $0.labels.integers() })
    }
  }

  /// Each view has its own crop of the same images.
  @Test(arguments: [ImageStorage.Location.files, .memory])
  func viewsAreCroppedByThemselves(place: ImageStorage.Location) throws {
    var settings = MDCS()
    settings.model.inputSize = 24
    // Small crops of large images are unlikely to overlap.
    settings.adjustSchedule {
      $0.augmentation = .none
      $0.augmentation.resizedCrop = .init { $0.minArea = 0.05 }
    }
    try withData(settings, place) { data in
      var stage = try Tiny.stage(
        length: .steps(4), phases: [Phase(objective: CrossEntropyLoss(), augmentation: settings.training.augmentation)])
      stage.streams[0].furtherViews = [settings.training.augmentation, .none]
      final class Box { var viewers: [Viewer] = [] }
      let box = Box()
      nonisolated(unsafe) let kept = box
      stage.program = { _ in
        kept.viewers.append(Viewer())
        return kept.viewers[kept.viewers.count - 1]
      }
      let recipe = Recipe(
        "views", source: "a test", model: ModelDescription(backbone: "resnet20"),
        preprocessing: Preprocessing(inputSize: 24, normalization: Tiny.normalization), stages: [stage])
      for _ in 0..<2 { try Tiny.trainer(recipe, on: data).run() }
      let (first, second) = (box.viewers[0], box.viewers[1])
      #expect(first.views.count == 4)
      #expect(first.views == second.views)
      for (views, labels) in zip(first.views, first.labels) {
        #expect(views.count == 3)
        #expect(Set(labels).count == 1)
        #expect(Set(views).count == 3)
        let side = 24 * 24 * 3
        let parts = views[0].count / side
        let alike = (0..<parts).count { views[0][$0 * side..<($0 + 1) * side] == views[1][$0 * side..<($0 + 1) * side] }
        #expect(parts > 0)
        #expect(alike == 0)
      }
    }
  }
}
