import Torch

/// A model that calibrates its class activation maps and can show them.
public protocol ActivationMapping: ImageModel {
  /// The class activation maps of all classes before and after calibration, each `[batch, classes, height, width]`.
  func activationMaps(_ images: Tensor) throws -> (plain: Tensor, calibrated: Tensor)
}
