import Torch

/// Stochastic depth: while training, sets the whole residual branch of an image to zero with a probability and scales
/// the others up; otherwise does nothing.
///
/// The draws are counter-based, by seed, step, layer and image.
/// - Shapes: `[batch, …]` to the same.
/// - Source: Deep Networks with Stochastic Depth, ECCV 2016; scaled as in FractalNet, ICLR 2017.
public final class DropPath: Module, Layer, RandomLayer {
  /// The probability of a zero, at least 0 and below 1.
  public let rate: Double
  private var source: RandomSource?
  private var number = 0

  /// Makes a layer.
  public init(rate: Double) {
    precondition((0..<1).contains(rate), "a drop-path rate is at least 0 and below 1, not \(rate)")
    self.rate = rate
  }

  /// Gives the layer its source.
  public func connect(to source: RandomSource, number: Int) {
    self.source = source
    self.number = number
  }

  /// Applies the layer.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    guard isTraining, rate > 0, OperationCounter.current == nil else { return input }
    guard let source else { throw MissingRandomSource(layer: "DropPath") }
    let factors = try withoutGradients {
      let count = input.shape[0]
      let samples = try Tensor.range(source.firstSample, source.firstSample + count, on: input.device)
      let words = try Philox4x32(seed: source.seed, purpose: .dropPath).words(
        step: source.step, samples: samples, draw: number)
      let kept = try Philox4x32.uniform(words[0]).isAtLeast(rate)
      return try (kept.to(input.dtype) * (1 / (1 - rate))).reshaped([count] + input.shape.dropFirst().map { _ in 1 })
    }
    return try input * factors
  }

  /// Rates that rise evenly from 0 at the first of `count` blocks to `last` at the last.
  public static func rates(upTo last: Double, count: Int) -> [Double] {
    (0..<count).map { last * Double($0) / Double(max(1, count - 1)) }
  }
}
