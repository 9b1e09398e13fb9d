/// The figure that a synthetic image shows; its class.
///
/// Figures come in pairs that look alike at a glance: `disc` and `hexagon`, `smile` and `frown`, and so on. In a synthetic set the
/// first of a pair is common and the second rare.
enum SyntheticFigure: String, CaseIterable, Sendable {
  case disc, hexagon
  case square, house
  case smile, frown
  case ring
  case brokenRing = "broken-ring"
  case triangle, arrowhead
  case fiveStar = "five-star"
  case sixStar = "six-star"
  case target, spiral
  case plus, dagger
  case stripes, zigzag
  case letterE = "letter-e"
  case letterF = "letter-f"
  case checks, dots
  case heart, spade

  /// The figures of a set with this many classes, common ones first: class `i` and class `i + ceil(classCount / 2)` are a pair.
  static func catalogue(classCount: Int) -> [SyntheticFigure] {
    let commonCount = (classCount + 1) / 2
    return (0..<classCount).map { $0 < commonCount ? allCases[$0 * 2] : allCases[($0 - commonCount) * 2 + 1] }
  }

  /// How far a figure may be turned: anywhere, or only a little where up and down matter (both of a pair alike).
  var turnsFreely: Bool {
    switch self {
    case .square, .house, .smile, .frown, .plus, .dagger, .letterE, .letterF, .heart, .spade: false
    default: true
    }
  }

  /// Whether the figure is lines of varying width rather than an area.
  var isDrawnInLines: Bool {
    switch self {
    case .ring, .brokenRing, .target, .spiral, .letterE, .letterF: true
    default: false
    }
  }
}
