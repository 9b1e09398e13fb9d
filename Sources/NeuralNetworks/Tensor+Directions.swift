import Torch

extension Tensor {
  /// Vectors of length 1, `x / max(|x|, epsilon)`. A vector no longer than `epsilon` has no direction and gets no
  /// gradient, where the formula would give one of `1 / epsilon`.
  public func directions(alongAxis axis: Int = -1, epsilon: Double = 1e-12) throws -> Tensor {
    let length = try euclideanNorm(alongAxes: [axis], keepingAxes: true)
    let scaled = try self / length.clamped(from: epsilon, to: nil)
    guard scaled.requiresGradient else { return scaled }
    return try scaled.selected(where: length.isGreater(than: epsilon), else: scaled.detached())
  }

  /// `x / sqrt(max(sum of squares, floor))`, the normalisation of TensorFlow, which differs for vectors shorter than
  /// the root of the floor.
  public func normalizedByPower(alongAxis axis: Int = -1, floor: Double = 1e-12) throws -> Tensor {
    let power = try (self * self).sum(alongAxes: [axis], keepingAxes: true)
    return try self * power.clamped(from: floor, to: nil).reciprocalSquareRoot()
  }
}
