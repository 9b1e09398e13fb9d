import NeuralNetworks
import Torch

/// A convolutional backbone with calibrated pooling and a normalised classifier that plain and calibrated features
/// share.
///
/// The output's `expertLogits` are those of calibrated and of plain features, in this order; `logits` are those that
/// predict. Keys of the new parts are `calibration` and the backbone's first head name.
/// - Source: after Calibrating Class Activation Maps for Long-Tailed Visual Recognition, 2021; the module is this
///   project's definition.
public final class CalibratedClassifier: Module, ActivationMapping {
  /// From images to features.
  public var backbone: any Backbone { mapBackbone }
  /// The same, by its stages.
  private let mapBackbone: any StagedBackbone
  /// The pooling.
  public let calibration: ClassActivationCalibration
  /// The classifier.
  public let classifier: NormalizedLinear
  /// The classifier.
  public var heads: [any Layer] { [classifier] }
  /// Whether calibrated logits predict; if not, plain ones do.
  public let predictsCalibrated: Bool

  /// Joins the parts.
  public init(
    _ backbone: any StagedBackbone, calibration: ClassActivationCalibration, head: NormalizedLinear,
    predictsCalibrated: Bool = true
  ) {
    mapBackbone = backbone
    self.calibration = calibration
    classifier = head
    self.predictsCalibrated = predictsCalibrated
  }

  /// The number of classes.
  public var classCount: Int { classifier.weight.shape[0] }
  /// The name of the classifier.
  public var headNames: [String] { Array(backbone.headNames.prefix(1)) }
  /// `calibration`
  public var additionNames: [String] { ["calibration"] }
  /// The backbone's own parameters.
  public override var parameters: [NamedTensor] { backbone.parameters }
  /// The backbone's own buffers.
  public override var buffers: [NamedTensor] { backbone.buffers }
  /// The backbone's parts, `calibration`, and the classifier.
  public override var children: [NamedModule] {
    backbone.children + [NamedModule("calibration", calibration)] + headNames.map { NamedModule($0, classifier) }
  }

  /// Switches the backbone itself as well as the parts.
  public override func setTraining(_ training: Bool) {
    super.setTraining(training)
    backbone.setTraining(training)
  }

  /// Classifies images.
  public func callAsFunction(_ images: Tensor) throws -> ModelOutput {
    let pooled = try calibration(lastMap(images))
    let scores = (calibrated: try classifier(pooled.calibrated), plain: try classifier(pooled.plain))
    return ModelOutput(
      logits: predictsCalibrated ? scores.calibrated : scores.plain,
      features: predictsCalibrated ? pooled.calibrated : pooled.plain,
      expertLogits: [scores.calibrated, scores.plain], expertFeatures: [pooled.calibrated, pooled.plain])
  }

  /// The class activation maps of all classes before and after calibration, each `[batch, classes, height, width]`.
  public func activationMaps(_ images: Tensor) throws -> (plain: Tensor, calibrated: Tensor) {
    let map = try lastMap(images)
    let weights = try calibration(map).weights
    let plain = try ClassActivationCalibration.activationMaps(map, classWeights: classifier.weight)
    return (plain, try plain * weights.expandingAxis(1))
  }

  private func lastMap(_ images: Tensor) throws -> Tensor {
    try mapBackbone.stages.reduce(mapBackbone.stem(images)) { try $1($0) }
  }
}
