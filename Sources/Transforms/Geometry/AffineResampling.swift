import Torch

/// Affine resampling of a batch, for every operation that moves pixels.
struct AffineResampling {
  /// The levels of red, green and blue of points outside the image.
  let fill: [Int]
  /// How points between pixels are computed.
  let interpolation: Interpolation

  /// - Shapes: uint8 `[batch, height, width, 3]`, in and out.
  func callAsFunction(_ images: Tensor, _ matrices: AffineMatrices) throws -> Tensor {
    switch interpolation {
    case .nearest: try nearest(images, matrices)
    case .bilinear: try smooth(images, matrices, taps: 0...1, blend: Self.bilinear)
    case .bicubic: try smooth(images, matrices, taps: -1...2, blend: Self.bicubic)
    }
  }

  /// In fixed-point numbers with 16 binary places, as Pillow computes it; exact.
  private func nearest(_ images: Tensor, _ matrices: AffineMatrices) throws -> Tensor {
    let (batch, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let device = images.device
    let m = matrices.entries
    func fixed(_ value: Tensor) throws -> Tensor {
      // The limits keep the numbers of images that are not meant within 32 bits; they lie far outside any image.
      try (value * 65536 + 0.5).roundedDown().clamped(from: -0x3000_0000, to: 0x3000_0000).to(.int32)
        .reshaped([batch, 1, 1])
    }
    let columns = try Tensor.range(0, width, dtype: .int32, on: device).reshaped([1, 1, width])
    let rows = try Tensor.range(0, height, dtype: .int32, on: device).reshaped([1, height, 1])
    let startX = try fixed(m[2] + m[0] * 0.5 + m[1] * 0.5)
    let startY = try fixed(m[5] + m[3] * 0.5 + m[4] * 0.5)
    let x = try ((columns * fixed(m[0]) + startX) + rows * fixed(m[1])).shiftedRight(by: 16)
    let y = try ((columns * fixed(m[3]) + startY) + rows * fixed(m[4])).shiftedRight(by: 16)
    // A border of one pixel stands for everything outside: limits are faster than conditions.
    let bordered = try bordered(images)
    let line = width + 2
    let first = try (Tensor.range(0, batch, dtype: .int32, on: device) * ((height + 2) * line) + (line + 1))
    let place = try y.clamped(from: -1, to: height) * line
    try place.add(x.clamped(from: -1, to: width))
    try place.add(first.reshaped([batch, 1, 1]))
    return try bordered.reshaped([-1, 3]).entries(at: place.reshaped([-1])).reshaped(images.shape)
  }

  /// Images with one more pixel on each side.
  private func bordered(_ images: Tensor) throws -> Tensor {
    let sides = [0, 0, 1, 1, 1, 1]
    guard Set(fill).count > 1 else { return try images.padded(sides, value: Double(fill[0])) }
    return try .concatenation(
      fill.enumerated().map { channel, level in
        try images.narrowed(axis: 3, start: channel, count: 1).padded(sides, value: Double(level))
      }, axis: 3)
  }

  private func isInside(_ place: Tensor, _ length: Int) throws -> Tensor {
    try place.isAtLeast(0).and(place.isLess(than: Double(length)))
  }

  private func smooth(
    _ images: Tensor, _ matrices: AffineMatrices, taps: ClosedRange<Int>, blend: ([Tensor], Tensor) throws -> Tensor
  ) throws -> Tensor {
    let (batch, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let device = images.device
    let m = try matrices.entries.map { try $0.reshaped([batch, 1, 1]) }
    let columns = try Tensor.range(0, width, dtype: .float64, on: device).reshaped([1, 1, width]) + 0.5
    let rows = try Tensor.range(0, height, dtype: .float64, on: device).reshaped([1, height, 1]) + 0.5
    let x = try (columns * m[0] + rows * m[1]) + m[2]
    let y = try (columns * m[3] + rows * m[4]) + m[5]
    let inside = try isInside(x, width).and(isInside(y, height))
    func parts(_ points: Tensor) throws -> (whole: Tensor, share: Tensor) {
      let places = try points - 0.5
      let whole = try places.roundedDown()
      return (
        try whole.clamped(from: -8, to: 1e6).to(.int64),
        try (places - whole).to(.float32).reshaped([batch, height, width, 1])
      )
    }
    let (left, across) = try parts(x)
    let (top, down) = try parts(y)
    let first = try (Tensor.range(0, batch, on: device) * (height * width)).reshaped([batch, 1, 1])
    let pixels = try images.reshaped([-1, 3])
    let lines = try taps.map { row in
      let line = try (top + row).clamped(from: 0, to: height - 1) * width + first
      let values = try taps.map { column in
        let place = try (left + column).clamped(from: 0, to: width - 1) + line
        return try pixels.entries(at: place.reshaped([-1])).to(.float32).reshaped(images.shape)
      }
      return try blend(values, across)
    }
    let levels = try blend(lines, down).clamped(from: 0.0, to: 255.0).to(.uint8)
    let background = try DeviceConstants.tensor(fill.map(Double.init), dtype: .uint8, on: device)
    return try levels.selected(where: inside.reshaped([batch, height, width, 1]), else: background)
  }

  private static func bilinear(_ values: [Tensor], _ share: Tensor) throws -> Tensor {
    try values[0] + (values[1] - values[0]) * share
  }

  /// The cubic through four values with slopes from their neighbours' differences.
  private static func bicubic(_ v: [Tensor], _ share: Tensor) throws -> Tensor {
    let slope = try v[2] - v[0]
    let bend = try (v[0] - v[1]) * 2.0 + (v[2] - v[3])
    let twist = try (v[1] - v[0]) + (v[3] - v[2])
    return try v[1] + share * (slope + share * (bend + share * twist))
  }
}
