import Foundation
import Longtail
import LongtailTestSupport
import Testing

/// Training and evaluation in two calls.
@Suite struct TrainTests {
  /// Two classes that differ in colour, 30 and 6 images of 24 pixels.
  private func photos(at folder: URL) throws {
    for (name, count, red) in [("cat", 30, 220), ("lynx", 6, 30)] {
      let place = folder.appending(path: name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for index in 0..<count {
        let color = RGBColor(red: UInt8(red), green: UInt8(index * 7), blue: 90)
        let image = PixelImage(width: 24, height: 24, color: color)
        try Data(ImageCodec.encodePNG(image)).write(to: place.appending(path: "\(index).png"))
      }
    }
  }

  private func short<M: Method>(_ method: M) -> M {
    var method = method
    method.model.backbone = "resnet20"
    method.training.length = .steps(4)
    method.training.batchSize = 8
    method.training.warmupEpochs = 0
    return method
  }

  @Test func aMethodIsTrainedOnAFolderInOneCall() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try photos(at: data)
      let path = folder.appending(path: "run").path
      let run = try Longtail.train(short(BalancedSoftmax()), on: data.path, holdingOut: 0.5, in: path) {
        $0.compute.device = "cpu"
      }
      let accuracy = try #require(run.accuracy)
      #expect((0...1).contains(accuracy))
      // 15 and 3 training images remain, both fewer than 20.
      let few = try #require(run.accuracy(of: .few))
      #expect(try few == #require(run.evaluation?.result.balancedAccuracy))
      #expect(run.accuracy(of: .many) == nil)
      #expect(run.isFinished)
      #expect(FileManager.default.fileExists(atPath: run.folder.reportPath))
      // The folder is that of the command-line tool, resolved for these images and with the given settings.
      #expect(run.recipe.name == "balanced-softmax/own")
      let settings = try run.settingsTree()
      #expect(settings.value(at: "training.batchSize") == .integer(8))
      #expect(settings.value(at: "model.backbone") == .string("resnet20"))
      #expect(run.method.model.inputSize == 24)
    }
  }

  @Test func settingsAndDataThatDoNotFitLeaveNoFolder() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try photos(at: data)
      let path = folder.appending(path: "run").path
      #expect(throws: (any Error).self) {
        try Longtail.train(short(RIDE { $0.model.inputSize = -1 }), on: data.path, in: path)
      }
      #expect(throws: DataSourceError.self) {
        try Longtail.train(short(CrossEntropy()), on: folder.appending(path: "none").path, in: path)
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }
}
