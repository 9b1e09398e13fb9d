import NeuralNetworks
import Torch

/// A layer of which several of equal shape can be applied to one input together, while what each gives goes its own
/// way.
///
/// The input then gets one gradient instead of one a layer, which need not be added up.
protocol SharedEntryLayer: Layer {
  /// Applies layers, this one first, to one input.
  /// - Returns: what each gives, in order.
  func entered(with layers: [any Layer], by input: Tensor) throws -> [Tensor]
}
