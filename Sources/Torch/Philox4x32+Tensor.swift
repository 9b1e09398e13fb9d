import Synchronization

/// The generator for many counters at once, as tensor operations that give the same words on every device.
extension Philox4x32 {
  /// The words of one draw for many samples.
  ///
  /// - Parameters:
  ///   - step: int64 without axes, on the device: the step counter, not below 0.
  ///   - samples: int64 `[count]`, within `0 ..< 2^32`.
  ///   - draw: the number of the draw.
  /// - Returns: four int64 tensors `[count]` with values within `0 ..< 2^32`, equal to `block(step:sample:draw:)`.
  public func words(step: Tensor, samples: Tensor, draw: Int) throws -> [Tensor] {
    let count = samples.elementCount
    let draws = try Tensor.full([count], Double(draw), dtype: .int64, on: samples.device)
    return try words(step: step, samples: samples, draws: draws)
  }

  /// The words of several draws for many samples.
  ///
  /// - Parameters:
  ///   - step: int64 without axes, on the device: the step counter, not below 0.
  ///   - samples: int64 `[count]`, within `0 ..< 2^32`.
  ///   - draws: the numbers of the draws.
  /// - Returns: four int64 tensors `[draws, count]`, row `d` equal to `words(step:samples:draw:)` of draw `d`.
  public func words(step: Tensor, samples: Tensor, draws: Range<Int>) throws -> [Tensor] {
    let numbers = try Tensor.range(draws.lowerBound, draws.upperBound, on: samples.device)
    return try words(step: step, samples: samples, everyDraw: numbers)
  }

  /// The words of all pairs of a draw and a sample.
  ///
  /// - Parameters:
  ///   - step: int64 without axes, on the device: the step counter, not below 0.
  ///   - samples: int64 `[count]`, within `0 ..< 2^32`.
  ///   - draws: the numbers of the draws, int64 `[draws]`, within `0 ..< 2^32`.
  /// - Returns: four int64 tensors `[draws, count]`.
  public func words(step: Tensor, samples: Tensor, everyDraw draws: Tensor) throws -> [Tensor] {
    let shape = [draws.elementCount, samples.elementCount]
    if let fused = FusedRandomWords(for: samples.device) {
      return try fused(self, step: step, samples: samples, draws: draws, shape: shape)
    }
    let numbers = try draws.reshaped([draws.elementCount, 1]).expanded(shape).reshaped([-1])
    return try words(step: step, samples: samples.expanded(shape).reshaped([-1]), draws: numbers)
      .map { try $0.reshaped(shape) }
  }

  /// The words of sample `i` and draw `i` for each `i`.
  ///
  /// - Parameters:
  ///   - step: int64 without axes, on the device: the step counter, not below 0.
  ///   - samples: int64 `[count]`, within `0 ..< 2^32`.
  ///   - draws: int64 `[count]`, within `0 ..< 2^32`.
  /// - Returns: four int64 tensors `[count]`.
  public func words(step: Tensor, samples: Tensor, draws: Tensor) throws -> [Tensor] {
    let device = samples.device
    let count = samples.elementCount
    if let fused = FusedRandomWords(for: device) {
      return try fused(self, step: step, samples: samples, draws: draws, shape: [count])
    }
    let constants = try PhiloxConstants.shared.tensors(for: self, on: device)
    // Words 0 and 2 are multiplied, words 1 and 3 are mixed in by XOR: two rows each.
    let low = try step.bitwiseAnd(0xffff_ffff).expanded([count])
    let high = try step.shiftedRight(by: 32).bitwiseAnd(0xffff_ffff).expanded([count])
    var multiplied = try Tensor.stack([draws, low])
    var mixed = try Tensor.stack([samples.to(.int64), high])
    for round in 0..<10 {
      // The product of two 32-bit words has 64 bits; shift and mask give its halves although int64 is signed.
      let products = try multiplied * constants.multipliers
      let upper = try products.shiftedRight(by: 32).bitwiseAnd(0xffff_ffff).flipped(axes: [0])
      multiplied = try upper.bitwiseXor(mixed).bitwiseXor(constants.keys[round])
      mixed = try products.bitwiseAnd(0xffff_ffff).flipped(axes: [0])
    }
    return [
      try multiplied.selected(axis: 0, index: 0), try mixed.selected(axis: 0, index: 0),
      try multiplied.selected(axis: 0, index: 1), try mixed.selected(axis: 0, index: 1),
    ]
  }

  /// Uniform numbers in `[0, 1)` from words: their upper 24 bits over 2^24, exact in float32.
  public static func uniform(_ words: Tensor) throws -> Tensor {
    try words.shiftedRight(by: 8).to(.float32) * 0x1p-24
  }

  /// Integers in `0 ..< bound` from words, by multiplication; their probabilities differ by at most 2^-32.
  public static func integers(_ words: Tensor, below bound: Int) throws -> Tensor {
    try (words * bound).shiftedRight(by: 32)
  }
}

/// The key schedule and the multipliers on each device, made once per key.
private final class PhiloxConstants: @unchecked Sendable {
  struct Entry {
    let multipliers: Tensor
    let keys: [Tensor]
  }
  private struct Key: Hashable {
    let key0: UInt32
    let key1: UInt32
    let device: Device
  }

  static let shared = PhiloxConstants()
  private let lock = Mutex<[Key: Entry]>([:])

  func tensors(for generator: Philox4x32, on device: Device) throws -> Entry {
    let key = Key(key0: generator.key0, key1: generator.key1, device: device)
    return try lock.withLock { entries in
      if let found = entries[key] { return found }
      var (first, second) = (generator.key0, generator.key1)
      var keys: [Tensor] = []
      for _ in 0..<10 {
        keys.append(try Tensor([Int(first), Int(second)], shape: [2, 1], on: device))
        first &+= 0x9E37_79B9
        second &+= 0xBB67_AE85
      }
      let entry = Entry(multipliers: try Tensor([0xD251_1F53, 0xCD9E_8D57], shape: [2, 1], on: device), keys: keys)
      entries[key] = entry
      return entry
    }
  }
}
