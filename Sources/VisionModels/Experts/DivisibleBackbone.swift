import NeuralNetworks
import Torch

/// A backbone that can be divided: experts share the beginning and the first parts, and each has the others for itself.
public protocol DivisibleBackbone: Backbone {
  /// The width of each part: of the stages of a residual network, of the blocks of a transformer.
  var partWidths: [Int] { get }
  /// How many parts experts usually share.
  var usualSharedParts: Int { get }
  /// Makes the shared part.
  /// - Parameters:
  ///   - parts: how many parts it has behind the beginning.
  ///   - shortcut: the shortcut of its blocks; nil for the backbone's default.
  ///   - initializer: the source of its initial weights.
  func trunk(
    parts: Int, shortcut: CIFARResNet.Shortcut?, using initializer: Initializer
  ) throws -> any ExpertTrunk
  /// Makes the late part of an expert.
  /// - Parameters:
  ///   - shape: where it begins, how wide it is, and what is fused.
  ///   - initializer: the source of its initial weights.
  func branch(_ shape: ExpertShape, using initializer: Initializer) throws -> any ExpertBranch
}

/// The part of a network that experts share.
public protocol ExpertTrunk: Module {
  /// The values after the beginning, and after each of the parts.
  func values(_ images: Tensor) throws -> [Tensor]
}

/// The late part of an expert.
public protocol ExpertBranch: Module {
  /// Where it begins, and how wide it is.
  var shape: ExpertShape { get }
  /// The length of a feature vector.
  var featureCount: Int { get }
  /// What the heads see, each `[batch, features]`, from what the shared part gives.
  func featureVectors(_ shared: [Tensor]) throws -> [Tensor]
}

/// The shape of an expert's own part. Experts of one shape can be computed together.
public struct ExpertShape: Sendable, Equatable {
  /// The parts that it shares.
  public var sharedParts: Int
  /// The widths of all parts, the shared ones first.
  public var widths: [Int]
  /// The shortcut of the blocks; nil for the backbone's default.
  public var shortcut: CIFARResNet.Shortcut?
  /// How the last map and a shallow one are combined.
  public var fusion: DepthFusionRule
  /// The shared stage, from 0, that the shallow map comes from.
  public var fusionSource: Int
  /// Where the branch from the shallow map has an activation.
  public var fusionActivation: DepthFusionActivation

  /// Whether the stages of both can be computed together.
  func canStack(with other: ExpertShape) -> Bool {
    sharedParts == other.sharedParts && widths == other.widths && sharedParts < widths.count
  }
}
