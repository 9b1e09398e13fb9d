import Torch

/// Random factors on brightness, contrast and saturation and a random hue shift, in an order drawn for each image, as
/// torchvision's ColorJitter does it.
struct ColorJitter {
  private let settings: Augmentation.Jitter

  init(_ settings: Augmentation.Jitter) { self.settings = settings }

  /// All orders of the four transforms.
  private static let orders: [[Int]] = (0..<24).map { number in
    var left = Array(0..<4)
    var number = number
    return [6, 2, 1, 1].map { size in
      defer { number %= size }
      return left.remove(at: number / size)
    }
  }
  private static let operations: [PolicyOperation] = [.brightness, .contrast, .saturation, .hue]

  /// - Parameters:
  ///   - factors: the row of words with one factor each.
  ///   - order: the row whose first word draws the order and whose second decides which images are jittered.
  func apply(to batch: inout TransformedBatch, draws: AugmentationDraws, factors: Int, order: Int) throws {
    let strengths = [settings.brightness, settings.contrast, settings.saturation, settings.hue]
    // Factors do not fall below 0; the hue shift is centred at 0 instead of 1.
    let magnitudes = try (0..<4).map { index in
      let (low, high) =
        index == 3 ? (-settings.hue, settings.hue) : (max(0, 1 - strengths[index]), 1 + strengths[index])
      return try draws.uniform(factors, index).to(.float64) * (high - low) + low
    }
    let table = try Tensor.stack(magnitudes, axis: 1)
    let orders = try draws.integers(order, 0, below: Self.orders.count)
    let isChosen = try draws.uniform(order, 1).isLess(than: settings.probability)
    let device = orders.device
    let active = Self.operations.indices.filter { strengths[$0] > 0 }
    let kinds = Self.operations.indices.map { active.contains($0) ? Double(Self.operations[$0].rawValue) : 0 }
    for place in 0..<4 {
      let which = try DeviceConstants.tensor(Self.orders.map { Double($0[place]) }, dtype: .int64, on: device)
        .entries(at: orders)
      let kind = try DeviceConstants.tensor(kinds, dtype: .int64, on: device).entries(at: which) * isChosen.to(.int64)
      let magnitude = try table.gathered(axis: 1, index: which.reshaped([-1, 1])).reshaped([-1])
      try PolicyOperations(
        kinds: kind, magnitudes: magnitude, possible: Set(active.map { Self.operations[$0] })
      ).apply(to: &batch)
    }
  }
}
