import NeuralNetworks
import Serialization

/// How the pooling before a calibrated classifier is weighted, by value.
public struct CalibrationSettings: Sendable, Codable, Equatable {
  /// The number of prototypes, which all images share.
  public var prototypes = 16
  /// How sharply the most similar prototype counts; above 0.
  public var sharpness = 10.0
  /// The temperature of the softmax over places; above 0.
  public var temperature = 0.5
  /// How much attention counts, within 0...1; with 0 the pooling is plain.
  public var strength = 0.5
  /// Whether calibrated scores predict; if not, plain ones do.
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

extension CalibrationSettings: CheckedSettings {
  /// Ranges of all numbers.
  public func check(_ checks: inout SettingChecks) {
    checks.integer("prototypes", prototypes, in: 1...65_536)
    checks.number("sharpness", sharpness, above: 0, upTo: 10_000)
    checks.number("temperature", temperature, above: 0, upTo: 10_000)
    checks.number("strength", strength, in: 0...1)
  }
}
