import DataLoading
import Serialization

/// How class sampling rates or class weights are learned beside a classifier, by a virtual step that is judged on a
/// class-balanced batch.
public struct MetaSettings: Settings {
  /// What is learned.
  public enum Adaptation: String, Sendable, Codable, CaseIterable {
    /// How often each class is drawn.
    case sampler
    /// The weight of each class's loss; images are drawn uniformly.
    case reweighter
    /// Nothing.
    case none
  }

  /// How images are drawn.
  public enum Drawing: String, Sendable, Codable, CaseIterable {
    /// By image up to 200,000 of them, by class above.
    case automatic
    /// Gumbel noise for every image: exact.
    case byImage
    /// Gumbel noise for every class, then an image of it; the gradient is taken over classes.
    case byClass
  }

  /// How the gradient through the virtual step is found.
  public enum InnerStep: String, Sendable, Codable, CaseIterable {
    /// In closed form for linear heads, by differentiation otherwise.
    case automatic
    /// Two ordinary gradients and inner products; linear heads only.
    case closedForm
    /// By differentiation through the step; any head.
    case differentiated
  }

  /// What is learned.
  public var adaptation = Adaptation.sampler
  /// The power of the inverse class counts in the initial rates: 0 draws images uniformly, 1 classes.
  @Within(-10...10) public var power = 0.0
  /// Adam's learning rate of what is learned; it is constant.
  @Within(0...1000) public var learningRate = 0.01
  /// Images of a class-balanced batch; nil for as many as the classifier's batch has.
  @Within(1...1_000_000) public var batchSize: Int? = nil
  /// How images are drawn.
  public var drawing = Drawing.automatic
  /// How the gradient through the virtual step is found.
  public var innerStep = InnerStep.automatic
  /// Whether the virtual step starts from the momentum buffers of the real optimiser.
  public var usesVelocities = true
  /// The greatest absolute value of what is learned, so that no class stops learning; nil for no limit.
  @Within(above: 0, upTo: 1000) public var scoreLimit: Double? = nil

  /// A learned sampler that starts with uniformly sampled images.
  public init() {}

  /// How a sampler draws; nil to let it decide.
  var samplerDrawing: MetaSampler.Drawing? {
    switch drawing {
    case .automatic: nil
    case .byImage: .byImage
    case .byClass: .byClass
    }
  }
}
