import Foundation
import ImageCodecs
import LongtailTestSupport
import Testing

@Suite struct DataAugmentTests {
  /// Rows and columns of 96 pixels with 4 between them.
  @Test func drawsASheet() throws {
    try withTemporaryFolder { folder in
      let sheet = folder.appending(path: "sheet.png").path
      let arguments = [
        "data", "augment", "--data", "synthetic", "--images", "3", "--draws", "4", "--out", sheet,
        "--set", "training.augmentation.policy.rule=autoAugmentCIFAR", "--set",
        "training.augmentation.mixing.mixupAlpha=0.4",
      ]
      let result = try Tool.run(arguments)
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("3 images, 4 draws, 504 x 304 pixels"))
      let image = try ImageCodec.decode(contentsOf: sheet)
      #expect((image.width, image.height) == (504, 304))
      #expect(image[0, 0] == .white)
      let again = try Tool.run(arguments)
      #expect(again.status == 2 && again.errors.contains("already exists"))
      let second = folder.appending(path: "second.png").path
      #expect(try Tool.run(arguments.map { $0 == sheet ? second : $0 }).status == 0)
      #expect(try ImageCodec.decode(contentsOf: second) == image)
      let other = folder.appending(path: "other.png").path
      #expect(try Tool.run(arguments.map { $0 == sheet ? other : $0 } + ["--seed", "1"]).status == 0)
      #expect(try ImageCodec.decode(contentsOf: other) != image)
    }
  }

  @Test(arguments: [
    ("training.augmentation.policy.rule=autoAugment", "autoAugmentCIFAR"),
    ("training.augmentation.flipProbability=1.5", "within 0...1"),
    ("training.augmentation.rotatoin=3", "rotation"),
  ])
  func settingsAreChecked(assignment: String, expected: String) throws {
    try withTemporaryFolder { folder in
      let sheet = folder.appending(path: "sheet.png").path
      let result = try Tool.run(["data", "augment", "--data", "synthetic", "--out", sheet, "--set", assignment])
      #expect(result.status != 0 && result.errors.contains(expected), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: sheet))
    }
  }
}
