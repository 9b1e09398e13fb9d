import ImageCodecs

extension ImageSource {
  /// The decoded image.
  public func representation(at index: Int, in buffer: ByteBuffer) throws -> ImageRepresentation {
    .image(try image(at: index))
  }
}

extension FileImageSource {
  /// The file.
  public func representation(at index: Int, in buffer: ByteBuffer) throws -> ImageRepresentation {
    try buffer.read(path(at: index))
    return .file
  }
}
