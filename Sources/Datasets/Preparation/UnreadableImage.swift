/// An image that cannot be decoded.
public struct UnreadableImage: Sendable, Hashable, Codable {
  /// Its index in the source.
  public let index: Int
  /// Its name in the source.
  public let name: String
  /// The whole message, with the full path.
  public let reason: String

  /// Names an image and says why it cannot be decoded.
  package init(index: Int, name: String, reason: String) {
    (self.index, self.name, self.reason) = (index, name, reason)
  }
}
