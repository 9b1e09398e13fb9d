import Torch

/// A policy as tensor operations: draws the operation of each image in each step, and applies it.
struct PolicyProgram {
  /// The rule.
  let policy: AugmentationPolicy
  /// The levels of red, green and blue of what moves in from outside.
  let fill: [Int]
  /// For operations that move pixels.
  let interpolation: PolicyInterpolation
  /// The number of the first draw; each step has two: alternative, application, side, level; and the level's noise.
  let firstDraw: Int

  /// The number of steps that each image gets.
  var stepCount: Int { policy.repetitions * policy.alternatives[0].count }

  /// The same rule for images that a crop has brought to another size: shifts are shares of it.
  func resized(to shape: [Int], by augmentation: Augmentation) -> PolicyProgram {
    guard augmentation.resizedCrop?.size != nil, let settings = augmentation.policy else { return self }
    let rule = settings.policy(height: shape[1], width: shape[2])
    return PolicyProgram(policy: rule, fill: fill, interpolation: interpolation, firstDraw: firstDraw)
  }

  /// Applies the policy to a batch.
  func apply(to batch: inout TransformedBatch, draws: AugmentationDraws) throws {
    let length = policy.alternatives[0].count
    for round in 0..<policy.repetitions {
      let chosen = try draws.integers(firstDraw + 2 * round * length, 0, below: policy.alternatives.count)
      for place in 0..<length {
        let step = round * length + place
        try operations(chosen: chosen, place: place, draws: draws, number: firstDraw + 2 * step).apply(to: &batch)
      }
    }
  }

  /// The operation of each image in one step.
  func operations(chosen: Tensor, place: Int, draws: AugmentationDraws, number: Int) throws -> PolicyOperations {
    let steps = policy.alternatives.map { $0[place] }
    let device = chosen.device
    func entries(_ value: (PolicyStep) -> Double, _ dtype: DType = .float64) throws -> Tensor {
      try DeviceConstants.tensor(steps.map(value), dtype: dtype, on: device).entries(at: chosen)
    }
    let isApplied = try draws.uniform(number, 1).to(.float64).isLess(than: entries(\.probability))
    let kinds = try entries({ Double($0.operation.rawValue) }, .int64)
      .selected(where: isApplied, else: DeviceConstants.tensor([0], shape: [], dtype: .int64, on: device))
    let level = try self.level(steps, entries, draws, number)
    var distance = try level * entries(\.perLevel)
    if steps.contains(where: { $0.rounding != .none }) {
      let rounding = try entries({ $0.rounding == .down ? 1 : $0.rounding == .nearest ? 2 : 0 }, .int64)
      distance = try distance.roundedDown().selected(where: rounding.equals(1), else: distance)
      distance = try distance.rounded().selected(where: rounding.equals(2), else: distance)
    }
    let side = try entries { $0.direction == .up ? 1 : $0.direction == .down ? -1 : 0 }
    let drawn = try draws.uniform(number, 2).isLess(than: 0.5).to(.float64) * 2.0 - 1.0
    let sign = try drawn.selected(where: side.equals(0), else: side)
    let strength = try (entries(\.offset) + sign * distance).maximum(entries(\.least))
    var operations = PolicyOperations(
      kinds: kinds, magnitudes: strength, possible: Set(steps.map(\.operation)), fill: fill,
      interpolation: interpolation.usual)
    operations.shearInterpolation = interpolation.shear
    if interpolation == .bilinearOrBicubic {
      // The level's noise uses the first two words of this draw.
      operations.isBicubic = try draws.uniform(number + 1, 3).isLess(than: 0.5)
    }
    return operations
  }

  private func level(
    _ steps: [PolicyStep], _ entries: ((PolicyStep) -> Double, DType) throws -> Tensor, _ draws: AugmentationDraws,
    _ number: Int
  ) throws -> Tensor {
    let general: Tensor
    switch policy.level {
    case .fixed(let level): return try entries({ $0.level ?? level }, .float64)
    case .uniform(let count): general = try draws.integers(number, 3, below: count).to(.float64)
    case .noisy(let level, let deviation, let greatest) where deviation.isFinite:
      general = try (draws.normal(number + 1) * deviation + level).clamped(from: 0.0, to: greatest)
    case .noisy(let level, _, let greatest):
      general = try (draws.uniform(number + 1, 0).to(.float64) * level).clamped(from: 0.0, to: greatest)
    }
    guard steps.contains(where: { $0.level != nil }) else { return general }
    let own = try entries({ $0.level ?? -1 }, .float64)
    return try own.selected(where: own.isAtLeast(0), else: general)
  }
}
