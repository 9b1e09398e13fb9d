import Torch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A normalised classifier: scaled products of features with class weights of length 1, without biases. By default the
/// scaled cosine, `s (x / |x|) · (w / |w|)`.
///
/// The scale matters: cosines alone cannot make a softmax confident. `leastScale(classes:probability:)` bounds it from
/// below; two to three times that is usual.
///
/// - Shapes: `[batch, inputs]` to `[batch, outputs]`; cosines give values within `-scale ... scale`.
/// - Source: Calibrating Class Activation Maps for Long-Tailed Visual Recognition, 2021, for the classifier; Adaptive
///   Parametric Activation, ECCV 2024, for bounded features.
public final class NormalizedLinear: Module, Layer, FunctionalLayer {
  /// The norm that feature vectors get.
  public enum FeatureLength: String, Sendable, Codable, CaseIterable {
    /// It becomes 1: cosines.
    case unit
    /// It is kept: only the weights of the classes are normalised.
    case kept
    /// It becomes `|x| / (1 + |x|)`.
    case bounded
  }

  /// The factor on the products.
  public enum Scale: Sendable, Equatable {
    /// A constant.
    case fixed(Double)
    /// Trained in the logarithm, under the key `log_scale`.
    case learned(start: Double)
    /// The square of a trained value, under the key `scale_root`.
    case learnedSquare(rootStart: Double)
  }

  /// The weights of one class per row, `[outputs, inputs]`.
  public let weight: Tensor
  /// The factor on the products before training.
  public let scale: Double
  /// The norm that feature vectors get.
  public let featureLength: FeatureLength
  private let scaleRule: Scale
  private let scaleParameter: Tensor?

  /// Makes a layer of cosines with initial class weights of length 1.
  public convenience init(inputs: Int, outputs: Int, scale: Double, using initializer: Initializer) throws {
    try self.init(inputs: inputs, outputs: outputs, scale: .fixed(scale), using: initializer)
  }

  /// Makes a layer.
  ///
  /// The norm of a class's weights changes no logit, but the effective learning rate of their direction: twice the
  /// norm, a quarter of the angle per step. As in the published code the initial norm is 1; for bounded features
  /// weights are uniform within `1 / sqrt(inputs)`, which gives norms around 0.58. `start` replaces both.
  ///
  /// - Source: the published code of Learning Imbalanced Datasets with Label-Distribution-Aware Margin Loss, NeurIPS
  ///   2019; for bounded features that of Large-Scale Long-Tailed Recognition in an Open World, CVPR 2019.
  public init(
    inputs: Int, outputs: Int, scale rule: Scale, featureLength: FeatureLength = .unit, start: Linear.Start? = nil,
    using initializer: Initializer
  ) throws {
    let shape = [outputs, inputs]
    weight =
      if let start {
        try start.weight(shape, using: initializer)
      } else {
        try featureLength == .bounded ? initializer.inverseRootUniform(shape) : initializer.uniformDirections(shape)
      }
    scaleRule = rule
    self.featureLength = featureLength
    switch rule {
    case .fixed(let value): (scale, scaleParameter) = (value, nil)
    case .learned(let start):
      guard start > 0, start.isFinite else {
        throw ParameterError("scale", "\(start)", expected: "a finite number above 0")
      }
      (scale, scaleParameter) = (start, try initializer.constant([1], log(start)))
    case .learnedSquare(let root): (scale, scaleParameter) = (root * root, try initializer.constant([1], root))
    }
  }

  /// The class weights, and the scale if it is learned.
  public override var parameters: [NamedTensor] {
    let name = if case .learnedSquare = scaleRule { "scale_root" } else { "log_scale" }
    return [NamedTensor("weight", weight)] + (scaleParameter.map { [NamedTensor(name, $0)] } ?? [])
  }

  /// Whether the scale is a weight.
  public var learnsScale: Bool { scaleParameter != nil }

  /// Multiplies a learned scale.
  /// - Throws: `ParameterError` for a scale that is a constant, and for a factor that is not above 0.
  public func multiplyScale(by factor: Double) throws {
    guard let scaleParameter else {
      throw ParameterError("scale", "fixed", expected: "learned, so that it can be changed and saved")
    }
    guard factor > 0, factor.isFinite else {
      throw ParameterError("factor of the scale", "\(factor)", expected: "a finite number above 0")
    }
    try withoutGradients {
      let old = try scaleParameter.detached()
      let new = if case .learned = scaleRule { try old + log(factor) } else { try old * factor.squareRoot() }
      try old.copy(from: new)
    }
  }

  /// Applies the layer.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    OperationCounter.current?.add(linear: input.elementCount * weight.shape[0])
    return try applied(to: input, parameters: parameters.map(\.tensor))
  }

  /// Applies the layer with other class weights, and another scale if it is learned.
  public func applied(to input: Tensor, parameters: [Tensor]) throws -> Tensor {
    let products = try NormalizedLinear.products(input, weight: parameters[0], featureLength: featureLength)
    switch scaleRule {
    case .fixed(let value): return try products * value
    case .learned: return try products * parameters[1].exp()
    case .learnedSquare: return try products * (parameters[1] * parameters[1])
    }
  }

  /// The products without the scale.
  public static func products(
    _ features: Tensor, weight: Tensor, featureLength: FeatureLength = .unit
  ) throws -> Tensor {
    let vectors =
      switch featureLength {
      case .unit: try features.directions(alongAxis: 1)
      case .kept: features
      case .bounded: try features / (features.euclideanNorm(alongAxes: [1], keepingAxes: true) + 1.0)
      }
    return try vectors.linear(weight: weight.directions(alongAxis: 1))
  }

  /// The least scale at which a cosine of 1 among cosines of 0 can reach a probability: `log((classes - 1) p / (1 -
  /// p))`.
  /// - Throws: `ParameterError` unless there are at least 2 classes and `p` lies between 0 and 1.
  public static func leastScale(classes: Int, probability: Double) throws -> Double {
    guard classes >= 2 else { throw ParameterError("classes", "\(classes)", expected: "at least 2") }
    guard probability > 0, probability < 1 else {
      throw ParameterError("probability", "\(probability)", expected: "between 0 and 1, both excluded")
    }
    return log(Double(classes - 1) * probability / (1 - probability))
  }
}
