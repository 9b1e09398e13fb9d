import Torch

/// Where random layers draw from: the run's seed and the step counter on the device, which the step itself advances. A
/// draw is a function of seed, step, layer and image, and of nothing that happened before.
public struct RandomSource {
  /// The run's seed.
  public let seed: UInt64
  /// The step, int64 without axes, on the model's device. It is read in every pass, not copied.
  public let step: Tensor
  /// The position in the global batch of the first image that this model sees.
  public let firstSample: Int

  /// Makes a source.
  public init(seed: UInt64, step: Tensor, firstSample: Int = 0) {
    self.seed = seed
    self.step = step
    self.firstSample = firstSample
  }
}

/// A layer that draws random numbers while training.
///
/// Two passes in one step draw alike.
public protocol RandomLayer: Module {
  /// Gives the layer its source and its number in the network, so that its draws differ from those of other layers.
  func connect(to source: RandomSource, number: Int)
}

extension Module {
  /// Gives all random layers below this module a source, numbered in the order of the module tree.
  public final func connectRandomLayers(to source: RandomSource) {
    let layers = allModules.compactMap { $0.module as? any RandomLayer }
    for (number, layer) in layers.enumerated() { layer.connect(to: source, number: number) }
  }
}

/// A random layer that trains without a source.
public struct MissingRandomSource: Error, CustomStringConvertible, Sendable {
  /// The kind of the layer.
  public let layer: String

  /// What is missing and what to do.
  public var description: String {
    "\(layer) trains, but has nothing to draw from; call connectRandomLayers(to:) on the network first, or setTraining(false)"
  }
}
