import VisionData

/// How pictures become network inputs when nothing is random. It travels with every checkpoint.
public struct Preprocessing: Sendable, Codable, Equatable {
  /// The side of the square pictures, in pixels.
  public var inputSize: Int
  /// Mean and standard deviation.
  public var normalization: Normalization
  /// The length that the shorter side is resized to before the middle is cut out, in pixels; nil for the input size.
  public var resizedShortSide: Int?

  /// The length that the shorter side is resized to before the middle is cut out, in pixels.
  public var shortSide: Int { max(resizedShortSide ?? inputSize, inputSize) }

  /// Makes a rule.
  public init(inputSize: Int, normalization: Normalization, resizedShortSide: Int? = nil) {
    self.inputSize = inputSize
    self.normalization = normalization
    self.resizedShortSide = resizedShortSide
  }
}
