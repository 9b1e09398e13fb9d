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

extension SelectedImages {
  /// The representation in the base.
  public func representation(at index: Int, in buffer: ByteBuffer) throws -> ImageRepresentation {
    try base.representation(at: originalIndices[index], in: buffer)
  }
}

extension RelabelledImages {
  /// The representation in the base.
  public func representation(at index: Int, in buffer: ByteBuffer) throws -> ImageRepresentation {
    try base.representation(at: index, in: buffer)
  }
}
