import Serialization

/// How the learning rate changes after the warm-up.
public enum LearningRateSchedule: Sendable, Codable, Equatable, CaseIterable {
  /// No decay.
  case constant
  /// Half a cosine to 0, at every step.
  case cosine
  /// A factor from each milestone on.
  case steps(Steps)
  /// Half a cosine by epochs that is advanced before the first one, so that the last epoch has learning rate 0; as in
  /// the published Balanced Meta-Softmax code.
  case advancedCosine(EpochCosine)
  /// Half a cosine by epochs to 0 after a warm-up that begins a step below its start and ends a step below the highest
  /// learning rate; as in the published SHIKE code.
  case lateWarmupCosine(EpochCosine)

  /// Each case with its defaults.
  public static let allCases: [LearningRateSchedule] = [
    .constant, .cosine, .steps(Steps()), .advancedCosine(EpochCosine()), .lateWarmupCosine(EpochCosine()),
  ]

  /// Milestones and factors.
  public struct Steps: Settings {
    /// The milestones, in epochs from 0, whole or not.
    @Within(0...1_000_000) public var epochs: [Double] = []
    /// The learning rate from each milestone on, as a share of the highest one; factors do not multiply up.
    @Within(0...1000) public var factors: [Double] = []

    /// No milestones.
    public init() {}

    /// There is a factor for each milestone.
    public func checkTogether(_ checks: inout SettingChecks) {
      checks.require(
        epochs.count == factors.count, "factors", factors, "as many numbers as there are epochs (\(epochs.count))")
    }
  }

  /// A cosine by epochs.
  public struct EpochCosine: Settings {
    /// Where the warm-up starts, as a share of the highest learning rate.
    @Within(0...1) public var warmupStart = 0.0

    /// A warm-up from 0.
    public init() {}
  }

  /// A factor from each milestone on.
  public static func steps(at epochs: [Double], _ factors: [Double]) -> LearningRateSchedule {
    .steps(Steps { ($0.epochs, $0.factors) = (epochs, factors) })
  }

  /// A cosine that is advanced before the first epoch, after a warm-up from a share of the highest learning rate.
  public static func advancedCosine(warmupStart: Double) -> LearningRateSchedule {
    .advancedCosine(EpochCosine { $0.warmupStart = warmupStart })
  }

  /// A cosine after a late warm-up from a share of the highest learning rate.
  public static func lateWarmupCosine(warmupStart: Double) -> LearningRateSchedule {
    .lateWarmupCosine(EpochCosine { $0.warmupStart = warmupStart })
  }
}
