import VisionData

/// Test pictures in one view or several.
public struct ViewedPictures: Sendable {
  /// The same pictures, one set a square.
  public let sets: [any TrainingPictures]
  /// Whether the mirror image of each counts too.
  public let areMirrored: Bool
  /// What the pictures are called, in order.
  public let names: [String]
  /// Pictures that were left out.
  public let skipped: [PreparedImages.Unreadable]

  /// One view of pictures.
  public init(_ pictures: any TrainingPictures, names: [String] = []) {
    self.sets = [pictures]
    self.areMirrored = false
    self.names = names
    skipped = []
  }

  /// The views of a source.
  ///
  /// - Throws: what `PictureMaker.pictures` throws.
  public init(_ source: any ImageSource, views: TestViews, maker: PictureMaker) throws {
    let results = try views.places.map { place in
      var maker = maker
      maker.place = place
      return try maker.pictures(of: source)
    }
    sets = results.map(\.pictures)
    areMirrored = views.areMirrored
    names = results[0].names
    skipped = results[0].skipped
  }

  /// The number of pictures.
  public var count: Int { sets[0].count }
  /// The labels on the processor.
  public var hostLabels: [Int32] { sets[0].hostLabels }
}
