import DataLoading
import Datasets

/// Test images in one view or several.
public struct ViewedImages: Sendable {
  /// The same images, one set a square.
  public let sets: [any TrainingImages]
  /// Whether the mirror image of each counts too.
  public let areMirrored: Bool
  /// What the images are called, in order.
  public let names: [String]
  /// Images that were left out.
  public let skipped: [UnreadableImage]

  /// One view of images.
  public init(_ images: any TrainingImages, names: [String] = []) {
    self.sets = [images]
    self.areMirrored = false
    self.names = names
    skipped = []
  }

  /// The views of a source.
  ///
  /// - Throws: what `ImagePreparation.images` throws.
  public init(_ source: any ImageSource, views: TestViews, maker: ImagePreparation) throws {
    let results = try views.places.map { place in
      var maker = maker
      maker.place = place
      return try maker.images(of: source)
    }
    sets = results.map(\.images)
    areMirrored = views.areMirrored
    names = results[0].names
    skipped = results[0].skipped
  }

  /// The number of images.
  public var count: Int { sets[0].count }
  /// The labels on the processor.
  public var hostLabels: [Int32] { sets[0].hostLabels }
}
