import Torch

/// While training, sets elements to zero with a probability and scales the others up, so that the mean stays; otherwise
/// does nothing.
///
/// The draws are counter-based, by seed, step, layer, image and element.
/// - Shapes: `[batch, …]` to the same.
/// - Source: Dropout: A Simple Way to Prevent Neural Networks from Overfitting, JMLR 2014.
public final class Dropout: Module, Layer, RandomLayer {
  /// The probability of a zero, at least 0 and below 1.
  public let rate: Double
  private var source: RandomSource?
  private var number = 0

  /// Makes a layer.
  public init(rate: Double) {
    precondition((0..<1).contains(rate), "a dropout rate is at least 0 and below 1, not \(rate)")
    self.rate = rate
  }

  /// Gives the layer its source.
  public func connect(to source: RandomSource, number: Int) {
    self.source = source
    self.number = number
  }

  /// Applies the layer.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    guard isTraining, rate > 0, OperationCounter.current == nil, input.elementCount > 0 else { return input }
    return try withoutGradients { try mask(input) } * input
  }

  /// Zeros and `1 / (1 - rate)`, in the shape of the input. An image's elements begin with a counter of their own.
  private func mask(_ input: Tensor) throws -> Tensor {
    guard let source else { throw MissingRandomSource(layer: "Dropout") }
    let shape = input.shape
    let elements = shape.dropFirst().reduce(1, *)
    let counters = (elements + 3) / 4
    let samples = try Tensor.range(
      source.firstSample * counters, (source.firstSample + shape[0]) * counters, on: input.device)
    let words = try Philox4x32(seed: source.seed, purpose: .dropout).words(
      step: source.step, samples: samples, draw: number)
    let shares = try Philox4x32.uniform(Tensor.stack(words, axis: 1)).reshaped([shape[0], counters * 4])
    let kept = try shares.narrowed(axis: 1, start: 0, count: elements).isAtLeast(rate).reshaped(shape)
    return try kept.to(input.dtype) * (1 / (1 - rate))
  }
}
