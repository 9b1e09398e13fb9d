#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a value such as the learning rate changes over a stage, as a factor of its base value.
///
/// Steps and epochs count from 0. A schedule is a pure function of the step; training puts all its values on the device
/// once, so that a step reads its own without host synchronisation.
public indirect enum Schedule: Sendable, Equatable {
  /// When the value may change.
  public enum Granularity: String, Sendable, Codable {
    /// At the start of each epoch.
    case epoch
    /// At every step.
    case step
  }

  /// Always 1.
  case constant
  /// 1 at first; from each milestone on, its factor. Factors are of the base value and do not multiply up.
  case factors([Milestone])
  /// `end + (1 - end) (1 + cos(pi t)) / 2` where `t` runs from 0 at the first to just below 1 at the last step or
  /// epoch.
  case cosine(end: Double, by: Granularity)
  /// As `cosine` by epochs, but advanced before the first epoch: epoch `e` of `T` has the value of `(e + 1) / T`, and
  /// the last one `end`.
  ///
  /// Source: methods/balanced-meta-softmax, the published training code.
  case advancedCosine(end: Double)
  /// A warm-up over the first `length`, then another schedule. By epoch, epoch `e` of `W` has `(e + 1) / W`; by step,
  /// step `s` of `n` has `(s + 1) / n`.
  case warmup(length: TrainingLength, by: Granularity, then: Schedule)
  /// The published warm-up with cosine: in epochs `0 ..< W` the factor rises evenly from `start` to 1, both reached,
  /// then the advanced cosine over the remaining epochs, counted from the last one of the warm-up.
  case warmupAdvancedCosine(start: Double, epochs: Int, end: Double)
  /// The warm-up of a published code that counts from 1 what is counted from 0: epoch `e` of the first `W` has `start +
  /// (1 - start) (e - 1) / (W - 1)`, at least 0, so that it begins a step below `start` and ends a step below 1. Then
  /// `end + (1 - end) (1 + cos(pi t)) / 2` where `t` runs from 0 at epoch `W` to 1 behind the last one.
  ///
  /// Source: Long-Tailed Visual Recognition via Self-Heterogeneous Integration with Knowledge Excavation, CVPR 2023,
  /// the published code.
  case lateWarmupCosine(start: Double, epochs: Int, end: Double)
  /// A warm-up by steps over the first `epochs`, which need not be whole: step `s` of `n` has `start + (1 - start) (s +
  /// 1) / n`; then another schedule. For warm-ups of less than two epochs: by epochs, their first one would have the
  /// full value already.
  case warmupBySteps(start: Double, epochs: Double, then: Schedule)
  /// Half a cosine by steps from 1 to `end` over what is left after the first `epochs`, which need not be whole.
  case cosineAfterWarmup(epochs: Double, end: Double)

  /// From when on a factor holds.
  public struct Milestone: Sendable, Equatable {
    private enum Position: Equatable {
      case length(TrainingLength)
      case epoch(Double)
    }

    private let position: Position
    /// The factor of the base value from then on.
    public let factor: Double

    /// Makes a milestone at a whole number of epochs or steps.
    public init(_ at: TrainingLength, _ factor: Double) {
      position = .length(at)
      self.factor = factor
    }

    /// Makes a milestone at an epoch from 0, or within one; finite and at least 0.
    public init(epoch: Double, _ factor: Double) {
      position = Int(exactly: epoch).map { .length(.epochs($0)) } ?? .epoch(epoch)
      self.factor = factor
    }

    /// The first step with the factor.
    func steps(stepsPerEpoch: Int) -> Int {
      switch position {
      case .length(let length): length.steps(stepsPerEpoch: stepsPerEpoch)
      case .epoch(let epoch): Schedule.steps(inEpochs: epoch, stepsPerEpoch: stepsPerEpoch)
      }
    }
  }

  /// The factor at a step.
  /// - Parameters:
  ///   - step: from 0.
  ///   - stepsPerEpoch: the length of an epoch.
  ///   - totalSteps: the length of the stage.
  public func factor(atStep step: Int, stepsPerEpoch: Int, totalSteps: Int) -> Double {
    let epoch = step / max(1, stepsPerEpoch)
    let epochs = (totalSteps + stepsPerEpoch - 1) / max(1, stepsPerEpoch)
    switch self {
    case .constant: return 1
    case .factors(let milestones):
      let passed = milestones.filter { $0.steps(stepsPerEpoch: stepsPerEpoch) <= step }
      return passed.max { $0.steps(stepsPerEpoch: stepsPerEpoch) < $1.steps(stepsPerEpoch: stepsPerEpoch) }?
        .factor ?? 1
    case .cosine(let end, let granularity):
      let progress =
        granularity == .epoch ? Double(epoch) / Double(max(1, epochs)) : Double(step) / Double(max(1, totalSteps))
      return Schedule.cosine(from: 1, to: end, progress: progress)
    case .advancedCosine(let end):
      return Schedule.cosine(from: 1, to: end, progress: Double(epoch + 1) / Double(max(1, epochs)))
    case .warmup(let length, let granularity, let next):
      let rise = length.steps(stepsPerEpoch: stepsPerEpoch)
      guard step < rise else { return next.factor(atStep: step, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps) }
      guard granularity == .epoch else { return Double(step + 1) / Double(rise) }
      return min(1, Double(epoch + 1) * Double(stepsPerEpoch) / Double(max(stepsPerEpoch, rise)))
    case .warmupAdvancedCosine(let start, let rise, let end):
      if epoch + 1 < rise { return start + (1 - start) * Double(epoch) / Double(max(1, rise - 1)) }
      return Schedule.cosine(from: 1, to: end, progress: Double(epoch + 1 - rise) / Double(max(1, epochs - rise)))
    case .lateWarmupCosine(let start, let rise, let end):
      if epoch < rise { return max(0, start + (1 - start) * Double(epoch - 1) / Double(max(1, rise - 1))) }
      return Schedule.cosine(from: 1, to: end, progress: Double(epoch - rise) / Double(max(1, epochs - rise)))
    case .warmupBySteps(let start, let length, let next):
      let rise = max(1, Schedule.steps(inEpochs: length, stepsPerEpoch: stepsPerEpoch))
      guard step < rise else { return next.factor(atStep: step, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps) }
      return start + (1 - start) * Double(step + 1) / Double(rise)
    case .cosineAfterWarmup(let length, let end):
      let rise = Schedule.steps(inEpochs: length, stepsPerEpoch: stepsPerEpoch)
      return Schedule.cosine(
        from: 1, to: end, progress: Double(max(0, step - rise)) / Double(max(1, totalSteps - rise)))
    }
  }

  /// The steps of a number of epochs that need not be whole, to the nearest one.
  private static func steps(inEpochs epochs: Double, stepsPerEpoch: Int) -> Int {
    Int(exactly: (epochs * Double(stepsPerEpoch)).rounded()) ?? .max
  }

  /// The value of every epoch's first step, for a stage whose epochs have one step.
  public func valuesPerEpoch(base: Double, epochs: Int) -> [Double] {
    (0..<epochs).map { base * factor(atStep: $0, stepsPerEpoch: 1, totalSteps: epochs) }
  }

  /// The factor of a cosine that falls from 1 to `end`, at a share of the way.
  public static func cosineFactor(progress: Double, end: Double = 0) -> Double {
    cosine(from: 1, to: end, progress: progress)
  }

  /// A learning rate that grows with the batch: `base batchSize / referenceBatchSize`.
  public static func scaledRate(_ base: Double, batchSize: Int, referenceBatchSize: Int) throws -> Double {
    for (name, size) in [("batch size", batchSize), ("reference batch size", referenceBatchSize)] where size < 1 {
      throw ParameterError(name, "\(size)", expected: "at least 1")
    }
    return base * Double(batchSize) / Double(referenceBatchSize)
  }

  private static func cosine(from start: Double, to end: Double, progress: Double) -> Double {
    end + (start - end) * (1 + cos(Double.pi * min(1, progress))) / 2
  }
}
