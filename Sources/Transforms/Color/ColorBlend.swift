import Torch

/// Transforms that interpolate between an image and a degenerate version of it (grey, smoothed): `dull + factor (image - dull)`.
enum ColorBlend {
  /// Interpolates with grey. Factors are float64 `[batch]`.
  static func saturation(_ images: Tensor, _ factors: Tensor) throws -> Tensor {
    let planes = try planes(images)
    return try blend(luma(planes).to(.float32), planes.to(.float32), factors).permuted([0, 2, 3, 1]).contiguous()
  }

  /// Interpolates with the image smoothed over 3 x 3 pixels; the border stays.
  static func sharpness(_ images: Tensor, _ factors: Tensor) throws -> Tensor {
    let (height, width) = (images.shape[1], images.shape[2])
    guard height > 2, width > 2 else { return images }
    func inner(_ values: Tensor, _ row: Int, _ column: Int) throws -> Tensor {
      try values.narrowed(axis: 1, start: row, count: height - 2).narrowed(axis: 2, start: column, count: width - 2)
    }
    let levels = try images.to(.int16)
    let middle = try inner(levels, 1, 1)
    // Five times the middle and once each of its neighbours: first three rows, then three columns of their sums.
    let rows = try (0..<3).map { try levels.narrowed(axis: 1, start: $0, count: height - 2) }
    let columns = try rows[0] + rows[1]
    try columns.add(rows[2])
    let sum = try middle * 4
    for column in 0..<3 { try sum.add(columns.narrowed(axis: 2, start: column, count: width - 2)) }
    // A sum over 13 is never half a level, so float32 rounds it as exact arithmetic would.
    let smooth = try (sum.to(.float32) / 13.0 + 0.5).roundedDown()
    let result = try images.clone()
    try inner(result, 1, 1).copy(from: blend(smooth, middle.to(.float32), factors))
    return result
  }

  /// Without colour, three equal channels.
  static func grey(_ images: Tensor) throws -> Tensor {
    try luma(planes(images)).to(.uint8).permuted([0, 2, 3, 1]).expanded(images.shape)
  }

  /// One channel after the other, `[batch, 3, height, width]`: sums over channels then run over whole planes.
  private static func planes(_ images: Tensor) throws -> Tensor { try images.permuted([0, 3, 1, 2]).contiguous() }

  /// The grey level of each pixel, int32 `[batch, 1, height, width]`: `0.299 red + 0.587 green + 0.114 blue` in fixed-point numbers
  /// with 16 binary places.
  private static func luma(_ planes: Tensor) throws -> Tensor {
    let levels = try planes.to(.int32)
    let channels = try (0..<3).map { try levels.narrowed(axis: 1, start: $0, count: 1) }
    return try (channels[0] * 19595 + channels[1] * 38470 + channels[2] * 7471 + 0x8000).shiftedRight(by: 16)
  }

  /// The mean grey level of each image, rounded, float64 `[batch]`.
  static func meanLuma(_ images: Tensor) throws -> Tensor {
    let pixels = Double(images.shape[1] * images.shape[2])
    return try
      (luma(planes(images)).sum(alongAxes: [1, 2, 3]).to(.float64)
      / Tensor.full(
        [], pixels, dtype: .float64, on: images.device) + 0.5).roundedDown()
  }

  private static func blend(_ dull: Tensor, _ full: Tensor, _ factors: Tensor) throws -> Tensor {
    let strength = try factors.to(.float32).reshaped([-1, 1, 1, 1])
    return try (dull + strength * (full - dull)).clamped(from: 0.0, to: 255.0).to(.uint8)
  }
}
