import Transforms
import VisionModels

/// How images become network inputs at test time. Every checkpoint holds it.
public struct Preprocessing: Sendable, Codable, Equatable {
  /// The width and height of the inputs, in pixels.
  public var inputSize: Int
  /// Mean and standard deviation.
  public var normalization: Normalization
  /// The length that the shorter edge is resized to before the centre is cropped, in pixels; nil for the input size.
  public var resizedShorterEdge: Int?

  /// The length that the shorter edge is resized to before the centre is cropped, in pixels.
  public var shorterEdge: Int { max(resizedShorterEdge ?? inputSize, inputSize) }

  /// Makes a rule.
  public init(inputSize: Int, normalization: Normalization, resizedShorterEdge: Int? = nil) {
    self.inputSize = inputSize
    self.normalization = normalization
    self.resizedShorterEdge = resizedShorterEdge
  }
}

extension Normalization {
  /// The rule that published weights of a backbone expect.
  public init(_ pixels: BackboneDescription.Pixels) {
    self.init(mean: pixels.mean, standardDeviation: pixels.standardDeviation)
  }
}
