import Torch

/// An operation of an augmentation policy, with a magnitude. Pixels come out as Pillow's operations give them, each rounded to
/// whole levels.
///
/// Raw values are the numbers by which a batch names the operation of each image.
public enum PolicyOperation: Int, Sendable, CaseIterable, Codable {
  /// The identity.
  case identity = 0
  /// Moves each row sideways by `magnitude` times its distance from the top: column `x` of row `y` shows `x + magnitude y`.
  case shearX
  /// Moves each column down: row `y` of column `x` shows `y + magnitude x`.
  case shearY
  /// Moves to the right by `magnitude` pixels.
  case translateX
  /// Moves down by `magnitude` pixels.
  case translateY
  /// Rotates around the centre by `magnitude` degrees, counter-clockwise.
  case rotate
  /// Multiplies levels by `magnitude`.
  case brightness
  /// Moves levels away from (above 1) or towards (below 1) the image's mean grey, by the factor `magnitude`.
  case contrast
  /// Inverts levels of at least `magnitude`.
  case solarize
  /// Keeps the upper `magnitude` bits of each level, 0...8.
  case posterize
  /// Spreads levels so that each is about equally frequent, per channel.
  case equalize
  /// Spreads levels to 0...255, per channel.
  case autoContrast
  /// Inverts levels.
  case invert
  /// Adds `magnitude` to levels below 128, at most up to 255.
  case solarizeAdd
  /// Moves colours away from (above 1) or towards (below 1) grey, by the factor `magnitude`.
  case saturation
  /// Moves levels away from (above 1) or towards (below 1) the smoothed image, by the factor `magnitude`.
  case sharpness
  /// Shifts the hue by `magnitude` of the colour circle, -0.5...0.5.
  case hue

  /// The geometric operations.
  static let geometric = shearX.rawValue...rotate.rawValue
  /// The shears.
  static let shears = shearX.rawValue...shearY.rawValue
  /// The translations and the rotation.
  static let rigid = translateX.rawValue...rotate.rawValue
  /// The operations that map levels by a lookup table.
  static let tables = brightness.rawValue...solarizeAdd.rawValue

  /// Whether it moves pixels.
  var isGeometric: Bool { Self.geometric.contains(rawValue) }
  /// Whether it maps levels by a lookup table.
  var isTable: Bool { Self.tables.contains(rawValue) }

  /// Applies the operation to every image of a batch.
  ///
  /// - Parameters:
  ///   - images: uint8 `[batch, height, width, 3]`.
  ///   - magnitude: the magnitude; ignored by operations without one.
  ///   - fill: the level of what moves in from outside.
  ///   - interpolation: for operations that move pixels.
  /// - Returns: uint8 of the same shape.
  public func callAsFunction(
    _ images: Tensor, magnitude: Double, fill: Int = 0, interpolation: Interpolation = .nearest
  ) throws -> Tensor {
    let count = images.shape[0]
    let operations = PolicyOperations(
      kinds: try Tensor.full([count], Double(rawValue), dtype: .int64, on: images.device),
      magnitudes: try Tensor.full([count], magnitude, dtype: .float64, on: images.device), possible: [self],
      fill: [fill, fill, fill], interpolation: interpolation)
    return try operations(images)
  }
}
