import Torch

/// Shifts hues in whole steps of a 256th, as Pillow's conversion to hue, saturation and value and back does.
///
/// The conversions are in float64, because each rounds to whole levels twice.
enum HueShift {
  /// Shifts by shares of the colour circle, float64 `[batch]`, within -0.5...0.5.
  static func apply(_ images: Tensor, _ shares: Tensor) throws -> Tensor {
    let levels = try images.to(.float64)
    let channels = try (0..<3).map { try levels.narrowed(axis: 3, start: $0, count: 1) }
    let value = try levels.max(alongAxes: [3], keepingAxes: true)
    let range = try value - levels.min(alongAxes: [3], keepingAxes: true)
    let isGrey = try range.isLess(than: 0.5)
    let saturation = try single(range / value.clamped(from: 1.0, to: nil))
    let hue = try hue(channels, value, range.clamped(from: 1.0, to: nil))
    let turned = try turning(whole(hue * 255.0), by: shares)
    let colored = try color(turned, whole(saturation * 255.0), value)
    return try images.selected(where: isGrey, else: colored)
  }

  /// The hue in `0 ..< 1`.
  private static func hue(_ channels: [Tensor], _ value: Tensor, _ range: Tensor) throws -> Tensor {
    let distances = try channels.map { try single((value - $0) / range) }
    let red = try distances[2] - distances[1]
    let green = try (distances[0] + 2.0) - distances[2]
    let blue = try (distances[1] + 4.0) - distances[0]
    let isRed = try channels[0].isAtLeast(value)
    let isGreen = try channels[1].isAtLeast(value)
    let sixths = try single(red.selected(where: isRed, else: green.selected(where: isGreen, else: blue)))
    let turns = try sixths / Tensor.full([], 6, dtype: .float64, on: sixths.device) + 1.0
    return try single(turns - turns.roundedDown())
  }

  private static func turning(_ hue: Tensor, by shares: Tensor) throws -> Tensor {
    // Without its fraction, towards zero, then modulo 256.
    let steps = try (shares.magnitude() * 255.0).roundedDown()
    let signed = try steps.selected(where: shares.isAtLeast(0), else: -steps).reshaped([-1, 1, 1, 1])
    return try (hue + signed).to(.int64).bitwiseAnd(255).to(.float64)
  }

  private static func color(_ hue: Tensor, _ saturation: Tensor, _ value: Tensor) throws -> Tensor {
    let constant = { try Tensor.full([], $0, dtype: .float64, on: hue.device) }
    let sixths = try (hue * 6.0) / constant(255)
    let sector = try sixths.roundedDown()
    let share = try single(sixths - sector)
    let strength = try single(saturation / constant(255))
    func level(_ dimming: Tensor) throws -> Tensor {
      // Halves away from zero, as in C.
      try (value * (1.0 - dimming) + 0.5).roundedDown().clamped(from: 0.0, to: 255.0)
    }
    let p = try level(strength)
    let q = try level(single(strength * share))
    let t = try level(strength * (1.0 - share))
    let number = try sector.to(.int64).remainder(dividingBy: 6)
    // The levels of red, green and blue in each sixth of the circle.
    let sectors = [[value, t, p], [q, value, p], [p, value, t], [p, q, value], [t, p, value], [value, p, q]]
    var result = try Tensor.concatenation(sectors[5], axis: 3)
    for (index, sector) in sectors.enumerated().dropLast() {
      result = try Tensor.concatenation(sector, axis: 3).selected(where: number.equals(index), else: result)
    }
    return try result.to(.uint8)
  }

  /// Without the fraction, within 0...255.
  private static func whole(_ values: Tensor) throws -> Tensor {
    try values.roundedDown().clamped(from: 0.0, to: 255.0)
  }

  /// Rounded to float32, where Pillow keeps a value in one.
  private static func single(_ values: Tensor) throws -> Tensor { try values.to(.float32).to(.float64) }
}
