import NeuralNetworks
import Torch

/// The shared part of a residual network: stem and first stages. Keys are the network's own.
public final class StagedTrunk: Module, ExpertTrunk {
  private let stem: ResidualStem
  private let stages: [Chain]

  init(_ stem: ResidualStem, _ stages: [Chain]) {
    self.stem = stem
    self.stages = stages
  }

  /// `conv1`, `bn1`, `layer1`, ….
  public override var children: [NamedModule] {
    stem.children + stages.enumerated().map { NamedModule("layer\($0.offset + 1)", $0.element) }
  }

  /// The maps after the stem and after each stage.
  public func values(_ images: Tensor) throws -> [Tensor] {
    var values = [try stem(images)]
    for stage in stages { values.append(try stage(values[values.count - 1])) }
    return values
  }
}

/// The late stages of an expert, and where there is a fusion its path. Keys are `layer3`, … as in the network, and
/// `fusion`.
public final class StagedBranch: Module, ExpertBranch {
  /// Where it begins, and how wide it is.
  public let shape: ExpertShape
  /// The length of a feature vector.
  public let featureCount: Int
  /// The expert's own stages.
  let stages: Chain
  private let fusion: DepthFusion?

  init(_ shape: ExpertShape, stages: [Chain], fusion: DepthFusion?, features: Int) {
    self.shape = shape
    self.stages = Chain(stages)
    self.fusion = fusion
    featureCount = features
  }

  /// `layer3`, …, `fusion`.
  public override var children: [NamedModule] {
    stages.layers.enumerated().map { NamedModule("layer\(shape.sharedParts + $0.offset + 1)", $0.element) }
      + (fusion.map { [NamedModule("fusion", $0)] } ?? [])
  }

  /// The means of the last map.
  public func featureVectors(_ shared: [Tensor]) throws -> [Tensor] {
    [try feature(ofMap: stages(shared[shape.sharedParts]), shared)]
  }

  /// The means of a map that this expert's stages have given, after the fusion if there is one.
  func feature(ofMap map: Tensor, _ shared: [Tensor]) throws -> Tensor {
    let fused = try fusion?(deep: map, shallow: shared[shape.fusionSource + 1]) ?? map
    return try fused.mean(alongAxes: [2, 3])
  }

  /// The features of several experts whose stages have one shape, one after the other; their first layers see the same
  /// map and are computed together where their kind can be.
  static func featuresEnteredTogether(_ branches: [StagedBranch], _ shared: [Tensor]) throws -> [Tensor] {
    let input = shared[branches[0].shape.sharedParts]
    let chains = branches.map { $0.stages.flattened }
    let firsts = chains.compactMap(\.first)
    guard let entry = firsts.first as? any SharedEntryLayer, firsts.count == branches.count,
      firsts.allSatisfy({ type(of: $0) == type(of: firsts[0]) })
    else { return try branches.flatMap { try $0.featureVectors(shared) } }
    let values = try entry.entered(with: firsts, by: input)
    return try branches.indices.map { expert in
      let map = try chains[expert].dropFirst().reduce(values[expert]) { try $1($0) }
      return try branches[expert].feature(ofMap: map, shared)
    }
  }

  /// The features of several experts whose stages have one shape, computed together.
  static func features(_ branches: [StagedBranch], _ shared: [Tensor]) throws -> [Tensor] {
    let joined = try LayerStack.apply(
      branches.map(\.stages), to: shared[branches[0].shape.sharedParts], sharesInput: true)
    return try zip(branches, LayerStack.shares(of: joined, count: branches.count)).map {
      try $0.feature(ofMap: $1, shared)
    }
  }
}

extension StagedBackbone where Self: DivisibleBackbone {
  /// Makes the path from a shallow map, if the shape has one.
  /// - Parameters:
  ///   - shape: the expert's shape.
  ///   - channels: what each stage of the expert's network gives.
  ///   - usual: where the activations are if the shape leaves it open.
  ///   - style: the kind of activation.
  ///   - initializer: where weights come from.
  func fusion(
    _ shape: ExpertShape, channels: [Int], usual: DepthFusionActivation, style: ResidualStyle,
    using initializer: Initializer
  ) throws -> DepthFusion? {
    guard shape.fusion != .none else { return nil }
    return try DepthFusion(
      shape.fusion, channels: Array(channels[shape.fusionSource...]),
      activation: shape.fusionActivation == .automatic ? usual : shape.fusionActivation, style: style,
      using: initializer)
  }
}

extension Chain {
  /// The layers of this chain and of the chains in it, in order.
  fileprivate var flattened: [any Layer] { layers.flatMap { ($0 as? Chain)?.flattened ?? [$0] } }
}
