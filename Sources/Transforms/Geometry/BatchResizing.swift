import Torch

/// Resizes images, or a rectangle of each: weighted means over all source pixels that a result pixel covers, as in
/// Pillow, first across, then down, rounded to whole levels after each.
public struct BatchResizing: Sendable {
  /// Rows of the result.
  public let height: Int
  /// Columns of the result.
  public let width: Int
  /// The filter; `nearest` takes the pixel under the centre.
  public let interpolation: Interpolation

  /// Names a size.
  public init(height: Int, width: Int, interpolation: Interpolation = .bilinear) {
    self.height = height
    self.width = width
    self.interpolation = interpolation
  }

  /// Resizes whole images.
  /// - Shapes: uint8 `[batch, rows, columns, 3]` to `[batch, height, width, 3]`.
  public func callAsFunction(_ images: Tensor) throws -> Tensor {
    if images.shape[1] == height, images.shape[2] == width { return images }
    return try callAsFunction(
      images,
      CropWindows(
        top: 0, left: 0, height: images.shape[1], width: images.shape[2], count: images.shape[0],
        on: images.device))
  }

  /// Resizes the same rectangle of every image; pixels outside of it have no weight.
  ///
  /// - Parameters:
  ///   - images: uint8 `[batch, rows, columns, 3]`.
  ///   - top: the first row.
  ///   - left: the first column.
  ///   - rows: the number of rows, at least 1.
  ///   - columns: the number of columns, at least 1.
  public func callAsFunction(_ images: Tensor, top: Int, left: Int, rows: Int, columns: Int) throws -> Tensor {
    try callAsFunction(
      images,
      CropWindows(top: top, left: left, height: rows, width: columns, count: images.shape[0], on: images.device))
  }

  /// Resizes a rectangle of each image; pixels outside of it have no weight.
  func callAsFunction(_ images: Tensor, _ windows: CropWindows) throws -> Tensor {
    let batch = images.shape[0]
    let (rows, columns) = (images.shape[1], images.shape[2])
    let across = try weights(windows.left, windows.width, from: columns, to: width)
    let down = try weights(windows.top, windows.height, from: rows, to: height)
    let planes = try images.permuted([0, 3, 1, 2]).to(.float32).contiguous().reshaped([batch, 3 * rows, columns])
    let narrowed = try rounded(planes.matrixProduct(across.transposed(1, 2))).reshaped([batch, 3, rows, width])
    let result = try rounded(down.reshaped([batch, 1, height, rows]).matrixProduct(narrowed))
    return try result.to(.uint8).permuted([0, 2, 3, 1]).contiguous()
  }

  /// The weights of source pixels for each result pixel, float32 `[batch, to, from]`.
  private func weights(_ start: Tensor, _ length: Tensor, from: Int, to: Int) throws -> Tensor {
    let device = start.device
    let scale = try (length / DeviceConstants.tensor([Double(to)], dtype: .float64, on: device)).reshaped([-1, 1, 1])
    let begin = try start.reshaped([-1, 1, 1])
    let results = try Tensor.range(0, to, dtype: .float64, on: device).reshaped([1, to, 1])
    let sources = try Tensor.range(0, from, dtype: .float64, on: device).reshaped([1, 1, from])
    // The middle of each result pixel, counted from the start of the rectangle.
    let middle = try (results + 0.5) * scale
    let place = try sources - begin
    let end = try length.reshaped([-1, 1, 1])
    if interpolation == .nearest {
      // Added up step by step, as Pillow does it: a point between two pixels must fall to the same side.
      let steps = try DeviceConstants.tensor(
        [0.5] + Array(repeating: 1, count: to - 1), shape: [1, to, 1], dtype: .float64, on: device)
      return try place.equals((scale * steps).cumulativeSum(alongAxis: 1).roundedDown()).to(.float32)
    }
    let stretch = try scale.clamped(from: 1.0, to: nil)
    let reach = try stretch * (interpolation == .bicubic ? 2.0 : 1.0)
    let first = try (middle - reach + 0.5).roundedTowardsZero()
    let last = try (middle + reach + 0.5).roundedTowardsZero()
    let counts = try place.isAtLeast(first).and(place.isLess(than: last)).and(place.isAtLeast(0.0))
      .and(place.isLess(than: end))
    let raw =
      try interpolation == .bicubic
      ? Self.bicubic((place - middle + 0.5) / stretch) : Self.triangle((place - middle + 0.5) / stretch)
    let kept = try raw.selected(where: counts, else: 0.0)
    return try (kept / kept.sum(alongAxes: [2], keepingAxes: true)).to(.float32)
  }

  private func rounded(_ values: Tensor) throws -> Tensor {
    try (values + 0.5).roundedDown().clamped(from: 0.0, to: 255.0)
  }

  private static func triangle(_ distances: Tensor) throws -> Tensor {
    try (1.0 - distances.magnitude()).clamped(from: 0.0, to: nil)
  }

  /// Keys' cubic with `a = -1/2`.
  private static func bicubic(_ distances: Tensor) throws -> Tensor {
    let x = try distances.magnitude()
    let near = try (x * 1.5 - 2.5) * x * x + 1.0
    let far = try ((x * -0.5 + 2.5) * x - 4.0) * x + 2.0
    return try near.selected(
      where: x.isLess(than: 1.0), else: far.selected(where: x.isLess(than: 2.0), else: 0.0))
  }
}

extension Tensor {
  /// Without the fraction.
  fileprivate func roundedTowardsZero() throws -> Tensor {
    try roundedDown().selected(where: isAtLeast(0.0), else: -(-self).roundedDown())
  }
}
