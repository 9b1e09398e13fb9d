import ImageCodecs

extension ImageSource {
  /// The decoded image.
  public func form(at index: Int, in buffer: ByteBuffer) throws -> DecodedForm { .image(try image(at: index)) }
}

extension FileImageSource {
  /// The file.
  public func form(at index: Int, in buffer: ByteBuffer) throws -> DecodedForm {
    try buffer.read(path(at: index))
    return .file
  }
}

extension SelectedImages {
  /// The form in the base.
  public func form(at index: Int, in buffer: ByteBuffer) throws -> DecodedForm {
    try base.form(at: originalIndices[index], in: buffer)
  }
}

extension RelabelledImages {
  /// The form in the base.
  public func form(at index: Int, in buffer: ByteBuffer) throws -> DecodedForm {
    try base.form(at: index, in: buffer)
  }
}
