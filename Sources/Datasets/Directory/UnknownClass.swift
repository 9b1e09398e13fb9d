/// A class of evaluation data that the training data do not have.
public struct UnknownClass: Sendable, Hashable, Codable {
  /// Its name.
  public let name: String
  /// The number of its images.
  public let imageCount: Int
  /// The class of the training data with the most similar name, where one is similar enough.
  public let nearest: String?
}
