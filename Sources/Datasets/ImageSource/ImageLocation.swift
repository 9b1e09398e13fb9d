/// Where the bytes of an image lie: a file, or a part of one.
public struct ImageLocation: Sendable, Hashable {
  /// The file, as it can be opened.
  public let path: String
  /// The bytes of the file that are the image's; nil for all.
  public let part: Range<Int>?

  /// Names a file, or a part of it.
  public init(path: String, part: Range<Int>? = nil) {
    self.path = path
    self.part = part
  }
}
