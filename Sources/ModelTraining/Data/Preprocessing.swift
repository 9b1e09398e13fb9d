import Transforms

/// How images become network inputs when nothing is random. It travels with every checkpoint.
public struct Preprocessing: Sendable, Codable, Equatable {
  /// The side of the square images, in pixels.
  public var inputSize: Int
  /// Mean and standard deviation.
  public var normalization: Normalization
  /// The length that the shorter edge is resized to before the middle is cut out, in pixels; nil for the input size.
  public var resizedShorterEdge: Int?

  /// The length that the shorter edge is resized to before the middle is cut out, in pixels.
  public var shorterEdge: Int { max(resizedShorterEdge ?? inputSize, inputSize) }

  /// Makes a rule.
  public init(inputSize: Int, normalization: Normalization, resizedShorterEdge: Int? = nil) {
    self.inputSize = inputSize
    self.normalization = normalization
    self.resizedShorterEdge = resizedShorterEdge
  }
}
