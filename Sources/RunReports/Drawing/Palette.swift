/// The colours that the style sheet defines.
enum Palette {
  /// The number of colours of series (`.s0` …), after the colour-blind safe palette of Okabe and Ito.
  static let count = 6
  /// The number of shades of heat maps (`.h0` …), from fraction 0 to 1.
  static let shades = 9

  /// The shade of a fraction from 0 to 1. Only 0 has the first shade; the square root makes small fractions visible.
  static func shade(_ fraction: Double) -> Int {
    guard fraction > 0 else { return 0 }
    return min(shades - 1, 1 + Int(min(fraction, 1).squareRoot() * Double(shades - 1)))
  }
}
