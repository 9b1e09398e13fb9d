import Torch

/// The inverse affine map of each image of a batch: pixel `(x, y)` of the result shows the point `(a x + b y + c, d x + e y + f)`, in pixels, with
/// the centre of the first pixel at one half.
struct AffineMatrices {
  /// `a, b, c, d, e, f`, each float64 `[batch]`.
  let entries: [Tensor]

  init(entries: [Tensor]) { self.entries = entries }

  /// The maps of geometric operations; others get the identity.
  init(kinds: Tensor, magnitudes: Tensor, height: Int, width: Int) throws {
    func magnitude(of operation: PolicyOperation) throws -> Tensor {
      try magnitudes.selected(where: kinds.equals(operation.rawValue), else: 0)
    }
    let turn = try AffineMatrices(
      turningBy: magnitude(of: .rotate), centerX: Double(width) / 2, centerY: Double(height) / 2)
    entries = [
      turn.entries[0],
      try turn.entries[1] + magnitude(of: .shearX),
      try turn.entries[2] - magnitude(of: .translateX),
      try turn.entries[3] + magnitude(of: .shearY),
      turn.entries[4],
      try turn.entries[5] - magnitude(of: .translateY),
    ]
  }

  /// Rotations counter-clockwise in degrees, float64 `[batch]`.
  init(turningBy degrees: Tensor, centerX: Double, centerY: Double) throws {
    let radians = try degrees * (-Double.pi / 180)
    // Fifteen decimals, as in Pillow, so that right angles have exact zeros and ones.
    let cosine = try (radians.cos() * 1e15).rounded() * 1e-15
    let sine = try (radians.sin() * 1e15).rounded() * 1e-15
    let opposite = try -sine
    entries = [
      cosine, sine, try (cosine * -centerX + sine * -centerY) + centerX,
      opposite, cosine, try (opposite * -centerX + cosine * -centerY) + centerY,
    ]
  }
}
