import Serialization

extension Augmentation {
  /// Mixing of pairs: Mixup and CutMix.
  public struct Mixing: Settings {
    /// The parameter of the Beta distribution of Mixup's shares; nil for no Mixup.
    @Within(0.01...1000) public var mixupAlpha: Double? = nil
    /// The parameter of the Beta distribution of the area that CutMix leaves; nil for no CutMix.
    @Within(0.01...1000) public var cutmixAlpha: Double? = nil
    /// The probability of CutMix in place of Mixup, where there are both.
    @Within(0...1) public var cutmixShare = 0.5
    /// The probability that a batch is mixed, or an image where each has its own share.
    @Within(0...1) public var probability = 1.0
    /// Whether each image has its own share, instead of one for the batch.
    public var isPerImage = false
    /// The other image of each: `reversed` (the last for the first) or `rolled` (the one before).
    public var pairs = Pairs.reversed

    /// No mixing.
    public init() {}

    /// Whether any pair is mixed.
    public var mixes: Bool { (mixupAlpha != nil || cutmixAlpha != nil) && probability > 0 }

    /// Which image another one is mixed with.
    public enum Pairs: String, Sendable, Codable, CaseIterable {
      /// The first with the last, and so on.
      case reversed
      /// Each with the one before it, the first with the last.
      case rolled
    }
  }
}
