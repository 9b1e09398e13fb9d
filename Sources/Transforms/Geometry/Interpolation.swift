/// Interpolation between pixels.
public enum Interpolation: String, Sendable, Codable, CaseIterable {
  /// The pixel that the point lies in.
  case nearest
  /// Between the two nearest pixels of each direction.
  case bilinear
  /// From the four nearest pixels of each direction.
  case bicubic
}
