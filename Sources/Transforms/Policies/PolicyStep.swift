/// One operation of a policy: how often it is applied, and how a level becomes its magnitude.
///
/// The strength is `offset ± rounded(perLevel level)`, at least `least`.
public struct PolicyStep: Sendable, Equatable {
  /// On which side of the offset strengths lie.
  public enum Direction: String, Sendable {
    /// Above.
    case up
    /// Below.
    case down
    /// On either, equally likely.
    case either
  }

  /// How the distance from the offset is rounded.
  public enum Rounding: String, Sendable {
    /// Not at all.
    case none
    /// Without its fraction.
    case down
    /// To the nearest whole number, halves to even.
    case nearest
  }

  /// The operation.
  public var operation: PolicyOperation
  /// The probability that it is applied.
  public var probability: Double
  /// The level, where the policy fixes it; nil for the level that is drawn or set.
  public var level: Double?
  /// The strength at level 0.
  public var offset: Double
  /// How the strength changes with the level.
  public var perLevel: Double
  /// On which side of the offset it lies.
  public var direction: Direction
  /// How the distance from the offset is rounded.
  public var rounding: Rounding
  /// The least strength.
  public var least: Double

  /// Makes a step.
  public init(
    _ operation: PolicyOperation, probability: Double = 1, level: Double? = nil, offset: Double = 0,
    perLevel: Double = 0, direction: Direction = .up, rounding: Rounding = .none,
    least: Double = -.greatestFiniteMagnitude
  ) {
    self.operation = operation
    self.probability = probability
    self.level = level
    self.offset = offset
    self.perLevel = perLevel
    self.direction = direction
    self.rounding = rounding
    self.least = least
  }

  /// The strength at a level, on one side of the offset where both can be.
  public func strength(level: Double, above: Bool) -> Double {
    var distance = perLevel * (self.level ?? level)
    switch rounding {
    case .none: break
    case .down: distance.round(.down)
    case .nearest: distance.round(.toNearestOrEven)
    }
    let isAbove = direction == .either ? above : direction == .up
    return max(least, isAbove ? offset + distance : offset - distance)
  }
}
