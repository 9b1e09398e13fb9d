import DataLoading
import Datasets

/// Images for evaluation, with one crop or several of each.
public struct EvaluationImages: Sendable {
  /// The same images in the same order, once per crop.
  public let crops: [any TrainingImages]
  /// Whether the mirror image of each counts too.
  public let isMirrored: Bool
  /// What the images are called, in order.
  public let names: [String]
  /// Images that were left out because they cannot be decoded.
  public let skipped: [UnreadableImage]

  /// One crop of images that are prepared already.
  public init(_ images: any TrainingImages, names: [String] = []) {
    crops = [images]
    isMirrored = false
    self.names = names
    skipped = []
  }

  /// The crops of a source's images.
  ///
  /// - Throws: what `ImagePreparation.images` throws.
  public init(_ source: any ImageSource, views: TestViews, preparation: ImagePreparation) throws {
    let results = try views.cropPositions.map { position in
      var preparation = preparation
      preparation.cropPosition = position
      return try preparation.images(of: source)
    }
    crops = results.map(\.images)
    isMirrored = views.isMirrored
    names = results[0].names
    skipped = results[0].skipped
  }

  /// The number of images.
  public var count: Int { crops[0].count }
  /// The labels on the processor.
  public var hostLabels: [Int32] { crops[0].hostLabels }
}
