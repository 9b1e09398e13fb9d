import ImageCodecs

/// A source whose images are files.
public protocol FileImageSource: ImageSource {
  /// The path of an image, as it can be opened.
  func path(at index: Int) -> String
}

extension FileImageSource {
  /// False.
  public var isResident: Bool { false }

  /// Reads and decodes the file.
  public func image(at index: Int, minimumShorterEdge: Int?) throws -> PixelImage {
    try ImageCodec.decode(contentsOf: path(at: index), minimumShorterEdge: minimumShorterEdge)
  }

  /// Decodes what was read from the file.
  public func image(from contents: [UInt8], at index: Int) throws -> PixelImage {
    try ImageCodec.decode(contents, named: path(at: index))
  }

  /// Reads the header of the file.
  public func imageSize(at index: Int) throws -> (width: Int, height: Int) {
    try ImageCodec.size(contentsOf: path(at: index))
  }

  /// The whole file.
  public func contents(at index: Int) throws -> [UInt8] {
    try FileBytes.read(path(at: index), limit: ImageLimits.standard.fileBytes)
  }

  /// The file.
  public func location(at index: Int) -> ImageLocation? { ImageLocation(path: path(at: index)) }

  /// The size of the file.
  public func contentSize(at index: Int) throws -> Int { try FileBytes.size(path(at: index)) }
}
