import Torch

/// A table of 256 levels for each image and channel, for every operation that maps levels.
struct LookupTables {
  /// uint8 `[batch, 3, 256]`.
  let tables: Tensor

  /// The tables of some images' operations; other operations get the identity.
  ///
  /// - Parameters:
  ///   - images: uint8 `[batch, height, width, 3]`, for the operations that depend on them.
  ///   - kinds: the operation of each image.
  ///   - magnitudes: float64 `[batch]`.
  ///   - possible: the operations that can occur.
  init(for images: Tensor, kinds: OperationKinds, magnitudes: Tensor, possible: Set<PolicyOperation>) throws {
    let count = images.shape[0]
    let levels = try Tensor.range(0, 256, dtype: .float32, on: images.device).reshaped([1, 1, 256])
    var batch = TransformedBatch(try levels.to(.uint8).expanded([count, 3, 256]))
    for operation in PolicyOperation.allCases where operation.isTable && possible.contains(operation) {
      try batch.change(where: operation.rawValue...operation.rawValue, in: kinds) { old, selection in
        let strength = try selection(magnitudes).to(.float32).reshaped([-1, 1, 1])
        let made = try Self.table(operation, levels, strength) { try selection(images) }
        return try made.to(.uint8).expanded(old.shape)
      }
    }
    tables = batch.values
  }

  /// Replaces the levels of images.
  func callAsFunction(_ images: Tensor) throws -> Tensor {
    try tables.reshaped([-1]).entries(at: Self.places(of: images)).reshaped(images.shape)
  }

  /// The index of each level in the flattened tables, int32.
  private static func places(of images: Tensor) throws -> Tensor {
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    let rows = try Tensor.range(0, count * 3, dtype: .int32, on: images.device) * 256
    // One for each level of a line, so that the sum runs over whole lines and not over three levels at a time.
    let line = try rows.reshaped([count, 1, 3]).expanded([count, width, 3]).reshaped([count, 1, width * 3])
    let places = try images.to(.int32).reshaped([count, height, width * 3])
    try places.add(line)
    return try places.reshaped([-1])
  }

  /// The table of one operation, `[batch, 1 or 3, 256]`.
  private static func table(
    _ operation: PolicyOperation, _ levels: Tensor, _ strength: Tensor, _ images: () throws -> Tensor
  ) throws -> Tensor {
    switch operation {
    case .brightness: return try limited(levels * strength)
    case .contrast:
      let mean = try ColorBlend.meanLuma(images()).to(.float32).reshaped([-1, 1, 1])
      return try limited(mean + strength * (levels - mean))
    case .solarize: return try levels.selected(where: levels.isLess(than: strength), else: 255.0 - levels)
    case .posterize:
      // `2^(8 - bits)`, the size of a step.
      let size = try (8.0 - strength.roundedDown().clamped(from: 0.0, to: 8.0)) * 0.693_147_180_559_945_3
      let step = try size.exp().rounded()
      return try (levels / step).roundedDown() * step
    case .equalize: return try equalizing(images())
    case .autoContrast: return try spreading(images())
    case .invert: return try 255.0 - levels
    case .solarizeAdd:
      return try (levels + strength).clamped(from: nil, to: 255.0).selected(
        where: levels.isLess(than: 128), else: levels)
    default: return levels
    }
  }

  /// Whole numbers within 0...255, without the fraction.
  private static func limited(_ values: Tensor) throws -> Tensor {
    try values.clamped(from: 0.0, to: 255.0).roundedDown()
  }

  /// With `h` the counts of levels: `step = (pixels - count of the highest level) / 255`, and level `i` becomes
  /// `(step / 2 + sum of h below i) / step`, all in whole numbers; a channel with `step` 0 stays.
  private static func equalizing(_ images: Tensor) throws -> Tensor {
    let count = images.shape[0]
    let device = images.device
    let counts = try Tensor.zeros([count * 768], dtype: .int32, on: device)
    let places = try places(of: images)
    try counts.addEntries(Tensor.ones([places.elementCount], dtype: .int32, on: device), at: places)
    let histogram = try counts.to(.int64).reshaped([count, 3, 256])
    let below = try histogram.cumulativeSum(alongAxis: 2) - histogram
    let pixels = images.shape[1] * images.shape[2]
    // Where all pixels are counted below or here, the level is the highest or above it.
    let levels = try Tensor.range(0, 256, on: device).reshaped([1, 1, 256])
    let highest = try (levels * histogram.isGreater(than: 0).to(.int64)).max(alongAxes: [2], keepingAxes: true)
    let step = try below.gathered(axis: 2, index: highest).dividedRoundingDown(by: 255)
    let half = try step.dividedRoundingDown(by: 2)
    // Quotients of whole numbers this small are never rounded across a whole number.
    let wanted = try ((below + half).to(.float64) / step.clamped(from: 1, to: pixels).to(.float64)).roundedDown()
    return try wanted.clamped(from: 0.0, to: 255.0).selected(
      where: step.isGreater(than: 0), else: levels.to(.float64)
    ).to(.float32)
  }

  /// Level `i` becomes `(i - lowest) 255 / (highest - lowest)`; a channel with one level stays.
  private static func spreading(_ images: Tensor) throws -> Tensor {
    let (count, height, width) = (images.shape[0], images.shape[1], images.shape[2])
    // Lines first: the three levels of a pixel alone are too short a row to be fast.
    let lines = try images.reshaped([count, height, width * 3])
    func levels(_ extreme: (Tensor, [Int]) throws -> Tensor) throws -> Tensor {
      try extreme(extreme(lines, [1]).reshaped([count, width, 3]), [1]).to(.float64).reshaped([count, 3, 1])
    }
    let lowest = try levels { try $0.min(alongAxes: $1) }
    let highest = try levels { try $0.max(alongAxes: $1) }
    let range = try highest - lowest
    // A quotient, not a product with the reciprocal: the highest level must not fall below 255.
    let scale =
      try DeviceConstants.tensor([255], dtype: .float64, on: images.device) / range.clamped(from: 1.0, to: nil)
    let all = try Tensor.range(0, 256, dtype: .float64, on: images.device).reshaped([1, 1, 256])
    let wanted = try (all * scale + (-lowest) * scale).clamped(from: 0.0, to: 255.0).roundedDown()
    return try wanted.selected(where: range.isGreater(than: 0.0), else: all).to(.float32)
  }
}
