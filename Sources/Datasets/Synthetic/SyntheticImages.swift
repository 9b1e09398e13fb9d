import ImageCodecs

/// A long-tailed image set that needs no download: figures of 32 x 32 pixels, drawn by rule.
///
/// Classes come in look-alike pairs of a common and a rare one (see `lookAlikes`): a network that minimises plain cross-entropy calls
/// the rare one by its common twin. Place, size, turn, squeeze, colours, background, clutter, occlusion and noise vary. Training
/// counts fall exponentially; the test set is balanced.
///
/// An image depends on the seed, the split, the class and its number alone; the same settings give the same bytes on every machine.
public struct SyntheticImages: Sendable {
  /// What was drawn.
  public let settings: SyntheticImageSettings
  /// The training images, class after class, the most common first.
  public let training: ResidentImages
  /// The test images, class after class.
  public let test: ResidentImages

  /// Draws the set.
  ///
  /// - Parameters:
  ///   - settings: how many images of what.
  ///   - workers: number of threads; by default one per processor core. The bytes do not depend on it.
  /// - Throws: `DataSourceError.badSetting`.
  public init(_ settings: SyntheticImageSettings = SyntheticImageSettings(), workers: Int? = nil) throws {
    try settings.check()
    self.settings = settings
    let figures = SyntheticFigure.catalogue(classCount: settings.classCount)
    let testCounts = [Int](repeating: settings.testImagesPerClass, count: settings.classCount)
    training = Self.draw(figures, settings.trainingCounts, .training, settings.seed, workers)
    test = Self.draw(figures, testCounts, .test, settings.seed, workers)
  }

  /// The pairs of classes that look alike, by index.
  public var lookAlikes: [(common: Int, rare: Int)] {
    let commonCount = (settings.classCount + 1) / 2
    return (commonCount..<settings.classCount).map { ($0 - commonCount, $0) }
  }

  /// Writes both splits as PNG files, `<folder>/train/<class>/<number>.png` and the same under `test`.
  ///
  /// - Throws: `DataSourceError.exists` if the folder has a `train` or `test` folder already, `.unwritable`.
  public func write(to folder: String) throws {
    for (name, images) in [("train", training), ("test", test)] {
      let root = folder + "/" + name
      guard !DirectoryListing.isFolder(root) else { throw DataSourceError.exists(path: root) }
      for className in images.classNames { try NewFile.makeFolder(root + "/" + className) }
      for index in images.labels.indices {
        let png = try ImageCodec.encodePNG(images.image(at: index))
        try NewFile.write(png, to: root + "/" + images.name(at: index))
      }
    }
  }

  private enum Split: UInt64 { case training, test }

  private static func draw(
    _ figures: [SyntheticFigure], _ counts: [Int], _ split: Split, _ seed: UInt64, _ workers: Int?
  ) -> ResidentImages {
    let labels = counts.enumerated().flatMap { label, count in [Int](repeating: label, count: count) }
    let numbers = counts.flatMap { Array(0..<$0) }
    let source = CounterHash(seed, 0x6472_6177).child(split.rawValue)  // "draw"
    let stride = SyntheticPainter.side * SyntheticPainter.side * 3
    let pixels = [UInt8](unsafeUninitializedCapacity: labels.count * stride) { block, initialized in
      block.initialize(repeating: 0)
      let canvas = Canvas(block: block, stride: stride)
      WorkerPool.forEach(labels.count, workers: workers ?? WorkerPool.defaultWorkers) { index in
        let figure = figures[labels[index]]
        // Keyed by the figure, not by the class index: the same images appear whatever the number of classes.
        let key = UInt64(SyntheticFigure.allCases.firstIndex(of: figure) ?? 0)
        let own = source.child(key).child(UInt64(numbers[index]))
        SyntheticPainter(figure, source: own).paint(into: canvas.place(index))
      }
      initialized = labels.count * stride
    }
    let names = zip(labels, numbers).map { label, number in
      let digits = String(number)
      return figures[label].rawValue + "/" + String(repeating: "0", count: max(4 - digits.count, 0)) + digits + ".png"
    }
    return ResidentImages(
      side: SyntheticPainter.side, classNames: figures.map(\.rawValue), labels: labels, pixels: pixels, names: names)
  }
}

/// The block that workers paint on; each paints only the places of its own images.
private struct Canvas: @unchecked Sendable {
  let block: UnsafeMutableBufferPointer<UInt8>
  let stride: Int

  func place(_ index: Int) -> UnsafeMutableBufferPointer<UInt8> {
    UnsafeMutableBufferPointer(rebasing: block[(index * stride)..<((index + 1) * stride)])
  }
}
