/// The numbers of colours that the style sheet defines.
enum Palette {
  /// Colours of series (`.s0` …): those of Okabe and Ito, which people with colour-blindness can tell apart.
  static let count = 6
  /// Shades of heat maps (`.h0` … ), from none to all.
  static let shades = 9

  /// The shade of a fraction from 0 to 1. Zero alone has the first; the square root lifts small fractions into sight.
  static func shade(_ fraction: Double) -> Int {
    guard fraction > 0 else { return 0 }
    return min(shades - 1, 1 + Int(min(fraction, 1).squareRoot() * Double(shades - 1)))
  }
}
