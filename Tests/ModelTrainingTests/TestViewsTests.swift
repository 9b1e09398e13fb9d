import DataLoading
import Datasets
import LongtailTestSupport
import ModelTraining
import Testing
import Torch
import TrainingTestSupport

@Suite struct TestViewsTests {
  /// Ten crops: the mean logits of five crops and their mirror images, in memory and from files.
  @Test func logitsOfViewsAreAveraged() throws {
    try withTemporaryFolder { folder in
      try SyntheticImages(
        SyntheticImageSettings(classCount: 4, largestClass: 3, imbalanceFactor: 1, testImagesPerClass: 1)
      ).write(to: folder.path)
      let source = try DataDirectory.open(folder.path).training
      let preprocessing = Preprocessing(inputSize: 24, normalization: Tiny.normalization, resizedShorterEdge: 30)
      let compute = Tiny.compute
      let model = try Tiny.recipe([Tiny.stage()]).model.model(classes: 4, seed: 0)
      let evaluator = Evaluator(preprocessing: preprocessing, compute: compute, batchSize: 5)
      func scores(_ views: TestViews, _ place: ImageStorage.Location) throws -> [Float] {
        var result: [Float] = []
        let preparation = ImagePreparation(
          preprocessing: preprocessing, device: .cpu, loading: ImageStorage(location: place))
        let images = try EvaluationImages(source, views: views, preparation: preparation)
        try evaluator.logits(of: model, on: images) { logits, start in
          #expect(start * 4 == result.count)
          result += logits
        }
        return result
      }
      func expected(_ views: TestViews) throws -> [Float] {
        let squares = try views.cropPositions.map { place in
          let prepared = try PreparedImages(source, side: 24, shorterEdge: 30, place: place).images
          return try Tensor(prepared.pixels, shape: [source.count, 24, 24, 3])
        }
        let all = try views.isMirrored ? squares + squares.map { try $0.flipped(axes: [2]) } : squares
        let logits = try withoutGradients {
          try all.map { try model(preprocessing.normalization($0)).logits }
        }
        return try Tensor.stack(logits).mean(alongAxes: [0]).floats()
      }
      #expect(source.count == 12)
      for views in TestViews.allCases {
        let memory = try scores(views, .memory)
        #expect(try memory == scores(views, .files), "\(views)")
        let wanted = try expected(views)
        #expect(memory.count == wanted.count)
        #expect(zip(memory, wanted).allSatisfy { abs($0 - $1) < 1e-4 }, "\(views)")
      }
      #expect(try scores(.single, .memory) != scores(.tenCrops, .memory))
    }
  }
}
