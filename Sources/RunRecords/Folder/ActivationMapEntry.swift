/// An image with the class activation maps of its class in the run's folder; file names are relative to `index.json`.
public struct ActivationMapEntry: Sendable, Codable, Equatable {
  /// The name of the class.
  public var name: String
  /// Training images of the class.
  public var trainingCount: Int
  /// The image.
  public var image: String
  /// The map before calibration, over the image.
  public var before: String
  /// The map after calibration.
  public var after: String

  /// Creates an entry.
  public init(name: String, trainingCount: Int, image: String, before: String, after: String) {
    self.name = name
    self.trainingCount = trainingCount
    self.image = image
    self.before = before
    self.after = after
  }
}

extension RunFolder {
  /// The folder of activation maps, with `index.json`.
  public var activationMapsPath: String { path + "/activation-maps" }
}
