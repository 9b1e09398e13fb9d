import Torch

/// A batch drawn with learned class rates, and the values that its gradient needs. Memory grows with draws times classes, not with draws
/// times images.
public struct MetaDraw {
  /// The image indices, int64 `[batch]`.
  public let indices: Tensor
  /// Their classes, int64 `[batch]`.
  public let labels: Tensor
  /// The softmax of each draw at the index that was drawn, `[batch]`.
  public let shares: Tensor
  /// The softmax of each draw, added up over the images of each class, `[batch, classes]`.
  public let classShares: Tensor

  /// Draws images with Gumbel noise for every image, in one pass over chunks of images that keeps the largest sum of log-probability and noise, the logarithm of the
  /// sum of exponentials, and its parts by class.
  /// - Parameters:
  ///   - logProbabilities: `log s`, `[classes]`.
  ///   - labels: the class of each image, int64 `[images]`.
  ///   - count: draws.
  ///   - chunk: images of a pass.
  ///   - noise: the Gumbel noise of some images, `[images, draws]`.
  public static func byImage(
    logProbabilities: Tensor, labels: Tensor, count: Int, chunk: Int,
    noise: (_ firstImage: Int, _ images: Int) throws -> Tensor
  ) throws -> MetaDraw {
    let (device, dtype, images) = (logProbabilities.device, logProbabilities.dtype, labels.elementCount)
    var largest = try Tensor.full([count], -.infinity, dtype: dtype, on: device)
    var sum = try Tensor.zeros([count], dtype: dtype, on: device)
    var parts = try Tensor.zeros([logProbabilities.elementCount, count], dtype: dtype, on: device)
    var indices = try Tensor.zeros([count], dtype: .int64, on: device)
    for first in stride(from: 0, to: images, by: max(1, chunk)) {
      let length = min(max(1, chunk), images - first)
      let own = try labels.narrowed(axis: 0, start: first, count: length)
      let values = try logProbabilities.entries(at: own).expandingAxis(1) + noise(first, length)
      let best = try values.max(alongAxes: [0])
      let raised = try largest.maximum(best)
      let exponentials = try (values - raised).exp()
      let shrinking = try (largest - raised).exp()
      sum = try sum * shrinking + exponentials.sum(alongAxes: [0])
      parts = try parts * shrinking
      try parts.addEntries(exponentials, at: own)
      let found = try values.indexOfMax(alongAxis: 0) + first
      indices = try found.selected(where: best.isGreater(than: largest), else: indices)
      largest = raised
    }
    // The largest value's own exponential is 1.
    return MetaDraw(
      indices: indices, labels: try labels.entries(at: indices), shares: try sum.reciprocal(),
      classShares: try (parts / sum).transposed(0, 1))
  }

  /// Draws classes with Gumbel noise for every class; `indices` are the classes themselves.
  /// - Parameters:
  ///   - logMasses: `log(n s)`, `[classes]`; minus infinity for classes without images.
  ///   - noise: Gumbel noise, `[classes, draws]`.
  static func byClass(logMasses: Tensor, noise: Tensor) throws -> MetaDraw {
    let values = try (logMasses.expandingAxis(1) + noise).transposed(0, 1)
    let drawn = try values.indexOfMax(alongAxis: 1)
    let shares = try values.softmax(alongAxis: 1)
    return MetaDraw(
      indices: drawn, labels: drawn,
      shares: try shares.gathered(axis: 1, index: drawn.expandingAxis(1)).squeezed(axis: 1), classShares: shares)
  }

  /// The gradient of a loss by the parameters `psi`, `[classes]`; see ``MetaSampler/gradient(of:drawGradients:)``.
  /// - Parameters:
  ///   - scores: `psi`, `[classes]`.
  ///   - drawGradients: the gradient of the loss by each draw's weight, `[batch]`.
  public func gradient(scores: Tensor, drawGradients: Tensor) throws -> Tensor {
    try withoutGradients {
      let weights = try drawGradients.to(scores.dtype) * shares
      let hits = try labels.oneHot(classes: scores.elementCount).to(scores.dtype)
      let sums = try weights.expandingAxis(0).matrixProduct(hits - classShares).squeezed(axis: 0)
      return try sums * (-scores).sigmoid()
    }
  }
}
