import DataLoading
import Serialization

/// How class rates or class weights are learned beside a classifier, by looking one step ahead on a class-balanced batch.
public struct MetaSettings: Sendable, Codable, Equatable {
  /// What is learned.
  public enum Adaptation: String, Sendable, Codable, CaseIterable {
    /// How often each class is drawn.
    case sampler
    /// How much each class's loss counts; images are drawn as they are.
    case reweighter
    /// Nothing.
    case none
  }

  /// How images are drawn.
  public enum Drawing: String, Sendable, Codable, CaseIterable {
    /// By image up to 200,000 of them, by class above.
    case automatic
    /// Noise for every image: exact.
    case byImage
    /// Noise for every class, then an image of it; the gradient is taken over classes.
    case byClass
  }

  /// How the gradient through the step ahead is found.
  public enum InnerStep: String, Sendable, Codable, CaseIterable {
    /// In closed form for linear heads, by differentiating otherwise.
    case automatic
    /// Two ordinary gradients and inner products; linear heads only.
    case closedForm
    /// By differentiating through the step; any head.
    case differentiated
  }

  /// What is learned.
  public var adaptation: Adaptation
  /// The rates at first: 0 draws all images alike, 1 all classes.
  public var power: Double
  /// Adam's rate for the learned values; it stays as it is.
  public var learningRate: Double
  /// Images of a class-balanced batch; 0 for as many as the classifier's batch has.
  public var batchSize: Int
  /// How images are drawn.
  public var drawing: Drawing
  /// How the gradient through the step ahead is found.
  public var innerStep: InnerStep
  /// Whether the step ahead begins with the velocities of the real optimiser.
  public var usesVelocities: Bool
  /// The greatest distance of learned values from 0, so that no class stops learning; 0 for no limit.
  public var scoreLimit: Double

  /// Makes settings.
  public init(
    adaptation: Adaptation = .sampler, power: Double = 0, learningRate: Double = 0.01, batchSize: Int = 0,
    drawing: Drawing = .automatic, innerStep: InnerStep = .automatic, usesVelocities: Bool = true,
    scoreLimit: Double = 0
  ) {
    self.adaptation = adaptation
    self.power = power
    self.learningRate = learningRate
    self.batchSize = batchSize
    self.drawing = drawing
    self.innerStep = innerStep
    self.usesVelocities = usesVelocities
    self.scoreLimit = scoreLimit
  }

  /// How a sampler draws; nil to let it decide.
  var samplerDrawing: MetaSampler.Drawing? {
    switch drawing {
    case .automatic: nil
    case .byImage: .byImage
    case .byClass: .byClass
    }
  }
}

extension MetaSettings: CheckedSettings {
  /// Ranges of all numbers.
  public func check(_ checks: inout SettingChecks) {
    checks.number("power", power, in: -10...10)
    checks.number("learningRate", learningRate, in: 0...1000)
    checks.integer("batchSize", batchSize, in: 0...1_000_000)
    checks.number("scoreLimit", scoreLimit, in: 0...1000)
  }
}
