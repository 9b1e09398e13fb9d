import Torch

/// A layer whose weight may stand in another number type, made for all layers of a network at once.
public protocol CastsWeight: AnyObject {
  /// The weight that is trained.
  var weight: Tensor { get }
  /// What is computed with instead, while a pass lasts.
  var castWeight: Tensor? { get set }
}

/// The weights of a network's convolutions and linear layers in a short number type, cast by one operation for all of
/// them and one for all their gradients.
///
/// Mixed precision casts each weight by itself, which on a GPU means two small kernels per layer. The numbers are the
/// same.
public final class WeightCasts {
  private let layers: [any CastsWeight]
  private let cast: DifferentiableFunction

  /// Prepares the casts.
  ///
  /// - Parameters:
  ///   - module: the network.
  ///   - dtype: what convolutions and matrix products compute in.
  public init(of module: Module, to dtype: DType) {
    layers = module.allModules.compactMap { $0.module as? any CastsWeight }.filter { $0.weight.dtype != dtype }
    cast = DifferentiableFunction(
      "weight casts", isTwiceDifferentiable: false,
      forward: { weights in
        let results = try weights.map { try $0.emptyLike(dtype: dtype) }
        try TensorLists.copy(results, from: weights)
        return results
      },
      backward: { gradients, saved in
        let known = gradients.compactMap { $0 }
        let results = try zip(gradients, saved).map { try $0?.emptyLike(dtype: $1.dtype) }
        if !known.isEmpty { try TensorLists.copy(results.compactMap { $0 }, from: known) }
        return results
      })
  }

  /// Runs a forward pass with the cast weights.
  public func callAsFunction<Result>(_ pass: () throws -> Result) throws -> Result {
    guard !layers.isEmpty else { return try pass() }
    defer { for layer in layers { layer.castWeight = nil } }
    for (layer, weight) in zip(layers, try cast(layers.map(\.weight))) { layer.castWeight = weight }
    return try pass()
  }
}
