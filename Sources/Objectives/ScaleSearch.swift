import Torch

/// Fits, after training, the logit scale of a normalised classifier by maximum likelihood on a validation set, like
/// temperature scaling.
///
/// The mean cross-entropy of `s z` over logits `z` is convex in the scale `s`, so bisection finds its minimum. The
/// scale changes confidences, not predictions.
public enum ScaleSearch {
  /// The scale with the smallest cross-entropy.
  /// - Parameters:
  ///   - logits: logits of validation images before scaling, `[images, classes]`.
  ///   - labels: int64 `[images]`.
  ///   - range: the range of scales; a result at its upper end means that the logits separate the labels.
  /// - Throws: `ObjectiveError.setting` for a range that is not above 0, or without images.
  public static func bestScale(
    logits: Tensor, labels: Tensor, within range: ClosedRange<Double> = 0.01...1000
  ) throws -> Double {
    guard range.lowerBound > 0, range.upperBound.isFinite else {
      throw ObjectiveError.setting(name: "range of scales", value: "\(range)", expected: "finite and above 0")
    }
    guard labels.elementCount > 0 else {
      throw ObjectiveError.setting(name: "validation images", value: "0", expected: "at least 1")
    }
    return try withoutGradients {
      let values = try logits.detached().to(.float64)
      let target = try values.gathered(axis: 1, index: labels.expandingAxis(1)).mean().item()
      // The derivative: the expected logit under the softmax minus the target's logit. It increases with the scale.
      func derivative(_ scale: Double) throws -> Double {
        try ((values * scale).softmax(alongAxis: 1) * values).sum(alongAxes: [1]).mean().item() - target
      }
      var (low, high) = (range.lowerBound, range.upperBound)
      for _ in 0..<60 {
        let middle = (low * high).squareRoot()
        if try derivative(middle) < 0 { low = middle } else { high = middle }
      }
      return (low * high).squareRoot()
    }
  }
}
