import Torch

/// A change of an image with one number that says how strong it is. Pixels come out as Pillow's operations give them, each rounded to
/// whole levels.
///
/// Raw values are the numbers by which a batch names the operation of each image.
public enum PolicyOperation: Int, Sendable, CaseIterable, Codable {
  /// No change.
  case identity = 0
  /// Moves each row sideways by `magnitude` times its distance from the top: column `x` of row `y` shows `x + magnitude y`.
  case shearX
  /// Moves each column down: row `y` of column `x` shows `y + magnitude x`.
  case shearY
  /// Moves to the right by `magnitude` pixels.
  case translateX
  /// Moves down by `magnitude` pixels.
  case translateY
  /// Turns around the middle by `magnitude` degrees, counter-clockwise.
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
  /// Turns the hue by `magnitude` of a full turn, -0.5...0.5.
  case hue

  /// Those that move pixels.
  static let geometric = shearX.rawValue...rotate.rawValue
  /// Those of them that shear.
  static let shears = shearX.rawValue...shearY.rawValue
  /// Those of them that keep forms.
  static let rigid = translateX.rawValue...rotate.rawValue
  /// Those that replace levels by a table of the image and channel.
  static let tables = brightness.rawValue...solarizeAdd.rawValue

  /// Whether it moves pixels.
  var isGeometric: Bool { Self.geometric.contains(rawValue) }
  /// Whether it replaces levels by a table of the image and channel.
  var isTable: Bool { Self.tables.contains(rawValue) }

  /// Changes every image of a batch.
  ///
  /// - Parameters:
  ///   - images: uint8 `[batch, height, width, 3]`.
  ///   - magnitude: how strong; ignored by operations without a strength.
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
