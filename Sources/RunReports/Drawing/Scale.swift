import Foundation

/// Maps values to pixels.
struct Scale {
  /// Linear or logarithmic.
  enum Kind { case linear, logarithmic }

  let kind: Kind
  /// The smallest and the largest value.
  let domain: ClosedRange<Double>
  /// The pixels of these values; the first may be larger.
  let range: (from: Double, to: Double)

  /// A linear scale; an empty domain is widened.
  static func linear(_ domain: ClosedRange<Double>, range: (Double, Double)) -> Scale {
    let widened = domain.lowerBound == domain.upperBound ? domain.lowerBound - 0.5...domain.upperBound + 0.5 : domain
    return Scale(kind: .linear, domain: widened, range: range)
  }

  /// A linear scale over values and 0, with round numbers at its ends. Values that are not finite are ignored.
  static func covering(_ values: [Double], range: (Double, Double)) -> Scale {
    let finite = values.filter(\.isFinite)
    let top = max(finite.max() ?? 1, 0)
    let bottom = min(finite.min() ?? 0, 0)
    guard top > bottom else { return linear(bottom...bottom + 1, range: range) }
    let step = roundStep(for: (top - bottom) / 4)
    return linear((bottom / step).rounded(.down) * step...(top / step).rounded(.up) * step, range: range)
  }

  /// A logarithmic scale for counts from 1 up, with a margin below 1.
  static func counts(upTo greatest: Int, range: (Double, Double)) -> Scale {
    Scale(kind: .logarithmic, domain: 0.7...Double(max(greatest, 10)) * 1.4, range: range)
  }

  /// The pixel of a value; values outside the domain are clamped.
  func position(_ value: Double) -> Double {
    let inside = min(max(value, domain.lowerBound), domain.upperBound)
    let fraction =
      switch kind {
      case .linear: (inside - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
      case .logarithmic: log(inside / domain.lowerBound) / log(domain.upperBound / domain.lowerBound)
      }
    return range.from + fraction * (range.to - range.from)
  }

  /// Round values for ticks: about five on a linear scale; on a logarithmic one powers of ten, with 2 and 5 between if
  /// few.
  var ticks: [Double] {
    switch kind {
    case .linear:
      let step = Self.roundStep(for: (domain.upperBound - domain.lowerBound) / 5)
      let first = Int((domain.lowerBound / step - 1e-9).rounded(.up))
      let last = Int((domain.upperBound / step + 1e-9).rounded(.down))
      return first <= last ? (first...last).map { Double($0) * step } : []
    case .logarithmic:
      let decades = log10(domain.upperBound)
      let factors: [Double] = decades < 2.2 ? [1, 2, 5] : [1]
      return (0...max(0, Int(decades))).flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
        .filter(domain.contains)
    }
  }

  /// 1, 2 or 5 times a power of ten, at least the rough step.
  private static func roundStep(for rough: Double) -> Double {
    guard rough > 0, rough.isFinite else { return 1 }
    let power = pow(10, log10(rough).rounded(.down))
    return ([1, 2, 5].first { $0 * power >= rough * 0.999 } ?? 10) * power
  }

  /// The label of a tick, independent of the locale.
  static func label(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e6 {
      let digits = String(Int(abs(value)))
      let grouped = digits.count > 4 ? digits.dropLast(3) + "\u{202F}" + digits.suffix(3) : digits[...]
      return (value < 0 ? "−" : "") + grouped
    }
    let text = String(format: abs(value) < 1e-3 || abs(value) >= 1e6 ? "%.0e" : "%.3g", value)
    return text.replacing("-", with: "−")
  }
}
