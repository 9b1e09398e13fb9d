import NeuralNetworks
import Serialization

/// The attention pooling before a calibrated classifier.
public struct CalibrationSettings: Settings {
  /// The number of prototypes, which all images share.
  @Within(1...65_536) public var prototypes = 16
  /// The sharpness of the softmax over prototypes.
  @Within(above: 0, upTo: 10_000) public var sharpness = 10.0
  /// The temperature of the softmax over positions of the feature map.
  @Within(above: 0, upTo: 10_000) public var temperature = 0.5
  /// The weight of attention; 0 is plain average pooling.
  @Within(0...1) public var strength = 0.5
  /// Whether logits of the calibrated branch predict; if not, those of plain pooling do.
  public var predictsCalibrated = true

  /// The defaults.
  public init() {}

  /// The module.
  public func module(channels: Int, using initializer: Initializer) throws -> ClassActivationCalibration {
    try ClassActivationCalibration(
      channels: channels, prototypes: prototypes, sharpness: sharpness, temperature: temperature, strength: strength,
      using: initializer)
  }
}
