import NeuralNetworks
import Torch

/// Joins an expert's last map with a shallow map: a chain of 3x3 convolutions, each halving height and width, brings
/// the shallow map to the shape of the deep one.
///
/// Keys are `path.<n>.conv`, `path.<n>.bn`, and with a concatenation `join`.
/// - Shapes: a shallow map `[batch, channels, height, width]` and a deep one `[batch, features, height', width']` to
///   the latter.
/// - Source: Long-Tailed Visual Recognition via Self-Heterogeneous Integration with Knowledge Excavation, CVPR 2023,
///   depth-wise knowledge fusion.
public final class DepthFusion: Module {
  /// How both maps are combined.
  public let rule: DepthFusionRule
  private let path: [DownsamplingStep]
  private let join: Convolution2d?

  /// Makes the branch.
  /// - Parameters:
  ///   - rule: how both maps are combined.
  ///   - channels: those of the shallow map, and after each convolution.
  ///   - activation: where the branch has an activation; `automatic` is `between` here.
  ///   - style: the kind of activation.
  ///   - initializer: the source of initial weights; they are uniform within one over the root of a sum's terms, as the
  ///     published code leaves them, while those of its other convolutions begin normally distributed with six times
  ///     their variance.
  public init(
    _ rule: DepthFusionRule, channels: [Int], activation: DepthFusionActivation = .between,
    style: ResidualStyle = .plain, using initializer: Initializer
  ) throws {
    self.rule = rule
    let count = channels.count - 1
    path = try channels.indices.dropFirst().map { index in
      let isLast = index == count
      let activates =
        !isLast || activation == .everywhere || (activation == .single && count == 1)
      return try DownsamplingStep(
        inputs: channels[index - 1], outputs: channels[index], style: activates ? style : nil, using: initializer)
    }
    let features = channels.last ?? 0
    join =
      rule == .concatenation
      ? try Convolution2d(inputs: 2 * features, outputs: features, size: 1, start: .uniform, using: initializer) : nil
  }

  /// `path`, `join`.
  public override var children: [NamedModule] {
    [NamedModule("path", Chain(path))] + (join.map { [NamedModule("join", $0)] } ?? [])
  }

  /// Brings the shallow map to the deep one's shape and joins both.
  public func callAsFunction(deep: Tensor, shallow: Tensor) throws -> Tensor {
    let coarse = try path.reduce(shallow) { try $1($0) }
    if let join { return try join(.concatenation([deep, coarse], axis: 1)) }
    return try Self.fused(deep: deep, shallow: coarse, rule)
  }

  /// What the rule makes of two maps of one shape, without parameters; the deep map alone for rules that have some.
  ///
  /// Products of short number types overflow early in training, so those are taken in float32.
  public static func fused(deep: Tensor, shallow: Tensor, _ rule: DepthFusionRule = .product) throws -> Tensor {
    switch rule {
    case .product: try widened(deep) * widened(shallow)
    case .sum: try deep + shallow
    case .none, .concatenation: deep
    }
  }

  /// The feature of two maps of one shape: the mean over all positions of what the rule makes of them, `[batch,
  /// channels]`.
  public static func feature(deep: Tensor, shallow: Tensor, _ rule: DepthFusionRule = .product) throws -> Tensor {
    try fused(deep: deep, shallow: shallow, rule).mean(alongAxes: [2, 3])
  }

  private static func widened(_ map: Tensor) throws -> Tensor {
    [.float16, .bfloat16].contains(map.dtype) ? try map.to(.float32) : map
  }
}

/// A 3x3 convolution that halves height and width, its normalisation, and mostly an activation.
final class DownsamplingStep: Module, Layer {
  private let convolution: Convolution2d
  private let normalization: BatchNormalization2d
  private let activation: Activation?

  init(inputs: Int, outputs: Int, style: ResidualStyle?, using initializer: Initializer) throws {
    convolution = try Convolution2d(
      inputs: inputs, outputs: outputs, size: 3, stride: 2, padding: 1, start: .uniform, using: initializer)
    normalization = try BatchNormalization2d(channels: outputs, using: initializer)
    activation = try style.map { Activation(try $0.activation(initializer)) }
  }

  override var children: [NamedModule] {
    [NamedModule("conv", convolution), NamedModule("bn", normalization)]
      + (activation.map { [NamedModule("act", $0)] } ?? [])
  }

  func callAsFunction(_ input: Tensor) throws -> Tensor {
    let value = try convolution(input)
    return try activation.map { try normalization(value, followedBy: $0) } ?? normalization(value)
  }
}
