import Datasets
import Foundation
import LongtailTestSupport
import ModelTraining
import Objectives
import Synchronization
import Testing
import Torch
import TrainingTestSupport
import Transforms

/// Runs whose images are read from files.
@Suite(.serialized) struct StreamedRunTests {
  /// Images that are read from files while training: neither the threads that read them nor interruptions change the result.
  @Test func streamedRunsDoNotDependOnTheirThreads() throws {
    try withTemporaryFolder { folder in
      let images = try SyntheticImages(
        SyntheticImageSettings(classCount: 4, largestClass: 10, imbalanceFactor: 4, testImagesPerClass: 2))
      try images.write(to: folder.path)
      let directory = try DataDirectory.open(folder.path)
      func data(workers: Int) throws -> TrainingData {
        try TrainingData.prepare(
          directory, preprocessing: Preprocessing(inputSize: 24, normalization: Tiny.normalization), cropsFiles: true,
          on: .cpu, loading: ImageStorage(workers: workers))
      }
      let crops = Augmentation {
        $0.flipProbability = 0.5
        $0.cutout = .init { $0.size = 4 }
        $0.resizedCrop = .init { $0.minArea = 0.3 }
      }
      var recipe = Tiny.recipe([
        try Tiny.stage(length: .epochs(2), phases: [Phase(objective: CrossEntropyLoss(), augmentation: crops)])
      ])
      recipe.preprocessing.inputSize = 24
      let expected = try TrainingRuns.contents(of: recipe, on: data(workers: 2))
      for (stop, workers) in [(3, 1), (4, 5), (6, 3)] {
        let resumed = try TrainingRuns.contents(
          of: recipe, on: data(workers: 1), stoppingAfter: [stop], resumingOn: data(workers: workers))
        try TrainingRuns.expectEqual(resumed, expected, "stopped after step \(stop), \(workers) threads")
      }
    }
  }

  /// Whole images give the same inputs from memory as from files.
  @Test func memoryAndFilesGiveEqualRuns() throws {
    try withTemporaryFolder { folder in
      let images = try SyntheticImages(
        SyntheticImageSettings(classCount: 4, largestClass: 10, imbalanceFactor: 4, testImagesPerClass: 2))
      try images.write(to: folder.path)
      let directory = try DataDirectory.open(folder.path)
      var recipe = Tiny.recipe([try Tiny.stage()])
      recipe.preprocessing = Preprocessing(
        inputSize: 24, normalization: Tiny.normalization, resizedShorterEdge: 28)
      let results = try [ImageStorage.Location.memory, .files].map { place in
        let data = try TrainingData.prepare(
          directory, preprocessing: recipe.preprocessing, on: .cpu, loading: ImageStorage(location: place))
        return try TrainingRuns.withStore { store in
          let evaluation = try Tiny.trainer(recipe, on: data, store: store).run()
          return (try TrainingRuns.contents(of: store), try #require(evaluation).predictions.map(\.confidence))
        }
      }
      try TrainingRuns.expectEqual(results[1].0, results[0].0, "files")
      #expect(results[1].1 == results[0].1)
    }
  }

  /// Decoded once, read by every later epoch and run; threads and a resume do not change the result.
  @Test func cachedImagesTrainLikeOthers() throws {
    try withTemporaryFolder { folder in
      let images = try SyntheticImages(
        SyntheticImageSettings(classCount: 4, largestClass: 10, imbalanceFactor: 4, testImagesPerClass: 2))
      try images.write(to: folder.path + "/data")
      let directory = try DataDirectory.open(folder.path + "/data")
      var recipe = Tiny.recipe([
        try Tiny.stage(
          length: .epochs(2),
          phases: [
            Phase(
              objective: CrossEntropyLoss(),
              augmentation: Augmentation {
                $0.flipProbability = 0.5
                $0.resizedCrop = .init { $0.minArea = 0.3 }
              }
            )
          ])
      ])
      recipe.preprocessing.inputSize = 24
      let notices = Mutex<[String]>([])
      func data(workers: Int, shorterEdge: Int = 28) throws -> TrainingData {
        try TrainingData.prepare(
          directory, settings: DataSettings { $0.cachedShorterEdge = shorterEdge }, preprocessing: recipe.preprocessing,
          cropsFiles: true, on: .cpu, loading: ImageStorage(workers: workers, cacheFolder: folder.path + "/cache"),
          notice: { text in notices.withLock { $0.append(text) } })
      }
      let expected = try TrainingRuns.contents(of: recipe, on: data(workers: 2))
      let resumed = try TrainingRuns.contents(
        of: recipe, on: data(workers: 1), stoppingAfter: [3], resumingOn: data(workers: 3))
      try TrainingRuns.expectEqual(resumed, expected)
      #expect(notices.withLock { $0.count == 1 && $0[0].contains("MB") })
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/cache").count == 1)
      #expect(throws: DataSourceError.self) { try data(workers: 1, shorterEdge: 20) }
    }
  }
}
