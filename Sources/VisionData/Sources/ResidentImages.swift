import ImageCodecs

/// Square pictures of one size that lie in memory as one block: what CIFAR files, the drawn set and prepared folders become.
///
/// - Shapes: `pixels` is `[count, side, side, 3]`, 8 bits, RGB, rows from top to bottom.
public struct ResidentImages: ImageSource {
  /// Pixels along each side.
  public let side: Int
  /// The names of the classes, in index order.
  public let classNames: [String]
  /// The class of each picture.
  public let labels: [Int]
  /// All pictures, one after the other.
  public let pixels: [UInt8]
  private let names: RecordNames

  /// Wraps a block whose pictures are called `name 0`, `name 1`, ...
  ///
  /// - Precondition: the block has `labels.count * side * side * 3` bytes and every label names a class.
  public init(side: Int, classNames: [String], labels: [Int], pixels: [UInt8], name: String) {
    self.init(side: side, classNames: classNames, labels: labels, pixels: pixels, names: .numbered([(name, 0)]))
  }

  /// Wraps a block whose pictures have names of their own.
  ///
  /// - Precondition: as above, and there is a name for each picture.
  public init(side: Int, classNames: [String], labels: [Int], pixels: [UInt8], names: [String]) {
    precondition(names.count == labels.count, "a name for each picture")
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

  /// Bytes of one picture.
  public var bytesPerImage: Int { side * side * 3 }

  /// True.
  public var isResident: Bool { true }

  /// The name of the picture's record.
  public func name(at index: Int) -> String { names[index] }

  /// The picture; never smaller than it is stored.
  public func image(at index: Int, minimumShortSide: Int?) throws -> PixelImage {
    PixelImage(width: side, height: side, pixels: try contents(at: index))
  }

  /// `side` by `side`.
  public func imageSize(at index: Int) throws -> (width: Int, height: Int) { (side, side) }

  /// The picture's pixels.
  public func contents(at index: Int) throws -> [UInt8] {
    Array(pixels[(index * bytesPerImage)..<((index + 1) * bytesPerImage)])
  }

  /// Bytes of one picture.
  public func contentSize(at index: Int) throws -> Int { bytesPerImage }

  /// The pictures at these indices, in this order, as a block of their own.
  ///
  /// - Precondition: every index lies in `0..<count`.
  public func selecting(_ indices: [Int]) -> ResidentImages {
    let stride = bytesPerImage
    let block = [UInt8](unsafeUninitializedCapacity: indices.count * stride) { target, count in
      pixels.withUnsafeBufferPointer { source in
        for (position, index) in indices.enumerated() {
          precondition(labels.indices.contains(index), "an index lies outside the set")
          let picture = UnsafeBufferPointer(rebasing: source[(index * stride)..<((index + 1) * stride)])
          _ = UnsafeMutableBufferPointer(rebasing: target[(position * stride)..<((position + 1) * stride)])
            .initialize(fromContentsOf: picture)
        }
      }
      count = indices.count * stride
    }
    return ResidentImages(
      side: side, classNames: classNames, labels: indices.map { labels[$0] }, pixels: block,
      names: .listed(indices.map { names[$0] }))
  }
}
