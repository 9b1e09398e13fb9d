import Torch

/// A layer of which several of equal shape can be applied in one go, each to its own share of the channels.
///
/// The layers keep their own parameters, so that each is trained, frozen and saved by itself; what is computed is
/// joined for a pass.
public protocol StackableLayer: Layer {
  /// Applies layers to their shares.
  ///
  /// - Parameters:
  ///   - layers: the layers, this one first; all of this one's kind and shape.
  ///   - input: `[batch, layers * channels, height, width]`, or `[batch, channels, height, width]` where all get the
  ///     same.
  ///   - sharesInput: whether all layers get the same.
  /// - Returns: `[batch, layers * outputs, height', width']`, the first layer's outputs first.
  func applied(with layers: [any Layer], to input: Tensor, sharesInput: Bool) throws -> Tensor
}

/// Several layers of equal shape, applied to shares of the channels: joined where their kind can be, otherwise one
/// after the other.
public enum LayerStack {
  /// Applies layers to their shares of the channels, or all to the same input.
  /// - Shapes: `[batch, layers * channels, height, width]`, or with `sharesInput` `[batch, channels, height, width]`,
  ///   to `[batch, layers * outputs, height', width']`.
  public static func apply(_ layers: [any Layer], to input: Tensor, sharesInput: Bool = false) throws -> Tensor {
    guard layers.count > 1 else { return try layers.first?(input) ?? input }
    if let first = layers[0] as? any StackableLayer, layers.allSatisfy({ type(of: $0) == type(of: layers[0]) }) {
      return try first.applied(with: layers, to: input, sharesInput: sharesInput)
    }
    return try applyEach(layers, to: input, sharesInput: sharesInput)
  }

  /// Applies layers one after the other and joins what they give.
  public static func applyEach(_ layers: [any Layer], to input: Tensor, sharesInput: Bool = false) throws -> Tensor {
    let inputs = try sharesInput ? layers.map { _ in input } : shares(of: input, count: layers.count)
    return try .concatenation(zip(layers, inputs).map { try $0($1) }, axis: 1)
  }

  /// The shares of the channels, in order, each in memory of its own and in the input's order.
  public static func shares(of input: Tensor, count: Int) throws -> [Tensor] {
    guard count > 1 else { return [input] }
    let channels = input.shape[1] / count
    // Views would each have a gradient as large as the input, which are then added up.
    let split = DifferentiableFunction(
      "shares of channels", isTwiceDifferentiable: true,
      keeping: { inputs in
        let views = try (0..<count).map { try inputs[0].narrowed(axis: 1, start: $0 * channels, count: channels) }
        return .init(try views.map { try $0.clone() }, saving: [], savesOutputs: false)
      },
      backward: { gradients, _ in
        guard let known = gradients.lazy.compactMap({ $0 }).first else { return [nil] }
        return [try .concatenation(gradients.map { try $0 ?? known.zerosLike() }, axis: 1)]
      })
    return try split([input])
  }
}

extension Chain: StackableLayer {
  /// Applies the first layers of all chains in one go, then the second, and so on.
  public func applied(with layers: [any Layer], to input: Tensor, sharesInput: Bool) throws -> Tensor {
    let chains = layers.compactMap { ($0 as? Chain)?.layers }
    guard chains.count == layers.count, !self.layers.isEmpty, chains.allSatisfy({ $0.count == self.layers.count })
    else { return try LayerStack.applyEach(layers, to: input, sharesInput: sharesInput) }
    var value = input
    for index in self.layers.indices {
      value = try LayerStack.apply(chains.map { $0[index] }, to: value, sharesInput: sharesInput && index == 0)
    }
    return value
  }
}

extension Activation: StackableLayer {
  /// Applies the functions; once for all where they have no parameters.
  public func applied(with layers: [any Layer], to input: Tensor, sharesInput: Bool) throws -> Tensor {
    let functions = layers.compactMap { ($0 as? Activation)?.function }
    guard functions.count == layers.count, !sharesInput,
      functions.allSatisfy({ $0.allParameters.isEmpty && type(of: $0) == type(of: function) })
    else { return try LayerStack.applyEach(layers, to: input, sharesInput: sharesInput) }
    return try function(input)
  }
}

extension Convolution2d: StackableLayer {
  /// One convolution in groups, with the weights of all layers one behind the other.
  public func applied(with layers: [any Layer], to input: Tensor, sharesInput: Bool) throws -> Tensor {
    let all = layers.compactMap { $0 as? Convolution2d }
    // Groups that share an input cannot be said to the engine.
    guard all.count == layers.count, !(sharesInput && groups > 1),
      all.allSatisfy({ $0.weight.shape == weight.shape && $0.bias == nil && hasGeometry(of: $0) }), bias == nil
    else { return try LayerStack.applyEach(layers, to: input, sharesInput: sharesInput) }
    return try convolved(
      input, weight: .concatenation(all.map { $0.castWeight ?? $0.weight }), bias: nil,
      groups: sharesInput ? 1 : groups * all.count)
  }
}

extension BatchNormalization2d: StackableLayer {
  /// One normalisation over the channels of all layers.
  public func applied(with layers: [any Layer], to input: Tensor, sharesInput: Bool) throws -> Tensor {
    guard !sharesInput else { return try LayerStack.applyEach(layers, to: input, sharesInput: true) }
    return try applied(with: layers.compactMap { $0 as? BatchNormalization2d }, to: input, rectifies: false)
  }

  /// One normalisation over the channels of several layers, then the addition of a residual, then a ReLU, as far as
  /// they are asked for.
  /// - Parameters:
  ///   - layers: the layers, this one first.
  ///   - input: `[batch, layers * channels, height, width]`.
  ///   - residual: what is added, of the same shape.
  ///   - rectifies: whether a ReLU follows.
  public func applied(
    with layers: [BatchNormalization2d], to input: Tensor, adding residual: Tensor? = nil, rectifies: Bool
  ) throws -> Tensor {
    guard layers.allSatisfy({ $0.isTraining == isTraining && $0.momentum == momentum && $0.epsilon == epsilon }) else {
      // Such as where one expert is frozen and another is not.
      let result = try LayerStack.applyEach(layers, to: input)
      let sum = try residual.map { try result + $0 } ?? result
      return try rectifies ? sum.relu() : sum
    }
    let (mean, variance) = try withoutGradients {
      (
        try Tensor.concatenation(layers.map(\.runningMean)), try Tensor.concatenation(layers.map(\.runningVariance))
      )
    }
    let settings = BatchNormalizationSettings(
      weight: try .concatenation(layers.map(\.weight)), bias: try .concatenation(layers.map(\.bias)),
      runningMean: mean, runningVariance: variance, isTraining: isTraining,
      momentum: updatesRunningValues ? momentum : 0, epsilon: epsilon, rectifies: rectifies)
    let result = try input.batchNormalized(settings, adding: residual)
    if isTraining, updatesRunningValues { try storeRunningValues(mean, variance, in: layers) }
    return result
  }

  private func storeRunningValues(_ mean: Tensor, _ variance: Tensor, in layers: [BatchNormalization2d]) throws {
    try withoutGradients {
      let channels = weight.elementCount
      for (index, layer) in layers.enumerated() {
        let start = index * channels
        try layer.runningMean.copy(from: mean.narrowed(axis: 0, start: start, count: channels))
        try layer.runningVariance.copy(from: variance.narrowed(axis: 0, start: start, count: channels))
      }
    }
  }
}
