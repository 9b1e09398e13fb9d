import Torch

/// Several views of the same images, each with changes of its own: two equal ones for contrasting, a weak and a strong one, or large
/// and small crops.
public struct AugmentedViews: Sendable, Codable, Equatable {
  /// The changes of each view.
  public var views: [Augmentation]

  /// Names the changes of each view.
  public init(_ views: [Augmentation]) { self.views = views }

  /// Two views with the same changes, drawn apart.
  public static func two(_ augmentation: Augmentation) -> AugmentedViews {
    AugmentedViews([augmentation, augmentation])
  }

  /// A weak view and a strong one.
  public static func pair(weak: Augmentation, strong: Augmentation) -> AugmentedViews {
    AugmentedViews([weak, strong])
  }

  /// Large crops, and small crops of smaller images.
  ///
  /// - Parameters:
  ///   - augmentation: what else is changed; its crop is replaced.
  ///   - large: the number of large crops, each of at least `largeArea` of the image.
  ///   - small: the number of small crops.
  ///   - largeArea: the least share of the area in a large crop.
  ///   - smallArea: the least share of the area in a small one. (The greatest is 1 for both.)
  ///   - smallSize: the side of small crops in pixels.
  /// - Source: Unsupervised Learning of Visual Features by Contrasting Cluster Assignments, NeurIPS 2020.
  public static func multiCrop(
    _ augmentation: Augmentation, large: Int = 2, small: Int = 6, largeArea: Double = 0.14, smallArea: Double = 0.05,
    smallSize: Int
  ) -> AugmentedViews {
    func cropped(_ area: Double, _ size: Int) -> Augmentation {
      var view = augmentation
      view.cropPadding = 0
      view.resizedCropArea = area
      view.resizedCropSize = size
      return view
    }
    return AugmentedViews(
      Array(repeating: cropped(largeArea, 0), count: large)
        + Array(repeating: cropped(smallArea, smallSize), count: small)
    )
  }

  /// The views of a batch, in order; view 0 is what its augmentation alone would give. Parameters as of an `Augmentation`.
  public func callAsFunction(
    _ images: Tensor, places: Tensor, step: Tensor, seed: UInt64, stream: Int = 0, normalization: Normalization
  ) throws -> [Tensor] {
    try views.enumerated().map { number, augmentation in
      try augmentation(
        images, places: places, step: step, seed: seed, stream: stream, view: number, normalization: normalization)
    }
  }
}
