import ImageCodecs

extension ImageSource {
  /// The decoded picture.
  public func form(at index: Int, in buffer: ByteBuffer) throws -> PictureForm { .image(try image(at: index)) }
}

extension FileImageSource {
  /// The file.
  public func form(at index: Int, in buffer: ByteBuffer) throws -> PictureForm {
    try buffer.read(path(at: index))
    return .file
  }
}

extension SelectedImages {
  /// The form in the base.
  public func form(at index: Int, in buffer: ByteBuffer) throws -> PictureForm {
    try base.form(at: originalIndices[index], in: buffer)
  }
}

extension RelabelledImages {
  /// The form in the base.
  public func form(at index: Int, in buffer: ByteBuffer) throws -> PictureForm {
    try base.form(at: index, in: buffer)
  }
}
