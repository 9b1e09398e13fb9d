import ImageCodecs

/// Square images of one size in memory, as one block: CIFAR, the synthetic data set, decoded folders.
///
/// - Shapes: `pixels` is `[count, side, side, 3]`, 8 bits, RGB, rows from top to bottom.
public struct ResidentImages: ImageSource {
  /// Pixels along each side.
  public let side: Int
  /// The names of the classes, in index order.
  public let classNames: [String]
  /// The class of each image.
  public let labels: [Int]
  /// All images, one after the other.
  public let pixels: [UInt8]
  private let names: RecordNames

  /// Wraps a block whose images are called `name 0`, `name 1`, ...
  ///
  /// - Precondition: the block has `labels.count * side * side * 3` bytes and every label names a class.
  public init(side: Int, classNames: [String], labels: [Int], pixels: [UInt8], name: String) {
    self.init(side: side, classNames: classNames, labels: labels, pixels: pixels, names: .numbered([(name, 0)]))
  }

  /// Wraps a block whose images have names of their own.
  ///
  /// - Precondition: as above, and there is a name for each image.
  public init(side: Int, classNames: [String], labels: [Int], pixels: [UInt8], names: [String]) {
    precondition(names.count == labels.count, "a name for each image")
    self.init(side: side, classNames: classNames, labels: labels, pixels: pixels, names: .listed(names))
  }

  init(side: Int, classNames: [String], labels: [Int], pixels: [UInt8], names: RecordNames) {
    precondition(side > 0 && pixels.count == labels.count * side * side * 3, "the block has another size")
    precondition(labels.allSatisfy(classNames.indices.contains), "a label names no class")
    self.side = side
    self.classNames = classNames
    self.labels = labels
    self.pixels = pixels
    self.names = names
  }

  /// Bytes of one image.
  public var bytesPerImage: Int { side * side * 3 }

  /// True.
  public var isResident: Bool { true }

  /// The name of the image's record.
  public func name(at index: Int) -> String { names[index] }

  /// The image; never smaller than it is stored.
  public func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage {
    PixelImage(width: side, height: side, pixels: try contents(at: index))
  }

  /// `side` by `side`.
  public func imageSize(at index: Int) throws -> (width: Int, height: Int) { (side, side) }

  /// The image's pixels.
  public func contents(at index: Int) throws -> [UInt8] {
    Array(pixels[(index * bytesPerImage)..<((index + 1) * bytesPerImage)])
  }

  /// Bytes of one image.
  public func contentSize(at index: Int) throws -> Int { bytesPerImage }

  /// The images at these indices, in this order, as a block of their own.
  ///
  /// - Precondition: every index lies in `0..<count`.
  public func selecting(_ indices: [Int]) -> ResidentImages {
    let stride = bytesPerImage
    let block = [UInt8](unsafeUninitializedCapacity: indices.count * stride) { target, count in
      pixels.withUnsafeBufferPointer { source in
        for (position, index) in indices.enumerated() {
          precondition(labels.indices.contains(index), "an index lies outside the set")
          let image = UnsafeBufferPointer(rebasing: source[(index * stride)..<((index + 1) * stride)])
          _ = UnsafeMutableBufferPointer(rebasing: target[(position * stride)..<((position + 1) * stride)])
            .initialize(fromContentsOf: image)
        }
      }
      count = indices.count * stride
    }
    return ResidentImages(
      side: side, classNames: classNames, labels: indices.map { labels[$0] }, pixels: block,
      names: .listed(indices.map { names[$0] }))
  }
}
