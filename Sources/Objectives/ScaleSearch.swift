import Torch

/// Finds, after training, the scale of a normalised classifier that makes held-out labels likeliest.
///
/// The mean cross-entropy of `s p` over products `p` is convex in `s`, so there is one answer. Predictions do not change with the scale; their
/// confidences do.
public enum ScaleSearch {
  /// The best scale.
  /// - Parameters:
  ///   - products: products of features and class vectors without any scale, `[images, classes]`.
  ///   - labels: int64 `[images]`; of images that were neither trained on nor are tested on.
  ///   - range: where to look; an answer at its upper end means that the products separate the labels.
  /// - Throws: `ObjectiveError.setting` for a range that does not lie above 0, or without images.
  public static func bestScale(
    products: Tensor, labels: Tensor, within range: ClosedRange<Double> = 0.01...1000
  ) throws -> Double {
    guard range.lowerBound > 0, range.upperBound.isFinite else {
      throw ObjectiveError.setting(name: "range of scales", value: "\(range)", expected: "finite and above 0")
    }
    guard labels.elementCount > 0 else {
      throw ObjectiveError.setting(name: "held-out images", value: "0", expected: "at least 1")
    }
    return try withoutGradients {
      let values = try products.detached().to(.float64)
      let right = try values.gathered(axis: 1, index: labels.expandingAxis(1)).mean().item()
      // The slope at a scale: the expected product under the softmax, less that of the labels; it grows with the scale.
      func slope(_ scale: Double) throws -> Double {
        try ((values * scale).softmax(alongAxis: 1) * values).sum(alongAxes: [1]).mean().item() - right
      }
      var (low, high) = (range.lowerBound, range.upperBound)
      for _ in 0..<60 {
        let middle = (low * high).squareRoot()
        if try slope(middle) < 0 { low = middle } else { high = middle }
      }
      return (low * high).squareRoot()
    }
  }
}
