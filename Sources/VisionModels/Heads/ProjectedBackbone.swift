import NeuralNetworks
import Torch

/// A backbone whose features go through a linear layer and a ReLU, so that a student has features as long as those of
/// its teachers together. Keys are those of the backbone, and `projection`.
///
/// - Source: Class-Balanced Distillation for Long-Tailed Visual Recognition, BMVC 2021, section 3.
public final class ProjectedBackbone: Module, Backbone {
  /// The network before the projection.
  public let base: any Backbone
  /// Whether a ReLU follows the linear layer.
  public let hasReLU: Bool
  private let projection: Linear

  /// Adds a projection.
  /// - Parameters:
  ///   - base: the network before the projection; it has one feature vector.
  ///   - features: the length of the new features.
  ///   - hasReLU: whether a ReLU follows.
  ///   - initializer: the source of the initial weights.
  public init(
    _ base: any Backbone, features: Int, hasReLU: Bool = true, using initializer: Initializer
  ) throws {
    self.base = base
    self.hasReLU = hasReLU
    // As in the published code, whose framework's default this is.
    projection = try Linear(
      inputs: base.featureCount, outputs: features, start: .glorotUniform, using: initializer)
  }

  /// The length of the projected features.
  public var featureCount: Int { projection.weight.shape[0] }
  /// The first name of the backbone's heads.
  public var headNames: [String] { Array(base.headNames.prefix(1)) }
  /// As the backbone's.
  public var headStart: Linear.Start { base.headStart }
  /// The backbone's own parameters.
  public override var parameters: [NamedTensor] { base.parameters }
  /// The backbone's own buffers.
  public override var buffers: [NamedTensor] { base.buffers }
  /// The backbone's parts, then the projection.
  public override var children: [NamedModule] { base.children + [NamedModule("projection", projection)] }

  /// Switches the backbone itself as well as the parts.
  public override func setTraining(_ training: Bool) {
    super.setTraining(training)
    base.setTraining(training)
  }

  /// The projected features.
  public func callAsFunction(_ images: Tensor) throws -> Tensor {
    let projected = try projection(base(images))
    return hasReLU ? try projected.relu() : projected
  }
}
