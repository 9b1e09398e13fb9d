import Torch

/// Softmax cross-entropy, `-log(exp(z[y]) / sum_j exp(z[j]))`, optionally with class weights and label smoothing.
///
/// - Shapes: logits `[batch, classes]`, labels `[batch]`.
public struct CrossEntropyLoss: SoftmaxObjective {
  /// `cross-entropy`
  public let name = "cross-entropy"
  /// How rows are averaged.
  public let averaging: RowAveraging
  /// The share of the target that is spread evenly over all classes, as in PyTorch.
  public let labelSmoothing: Double

  /// Makes a loss.
  /// - Throws: `ObjectiveError.setting` for label smoothing outside `0 ..< 1`.
  public init(labelSmoothing: Double = 0, averaging: RowAveraging = .mean) throws {
    guard labelSmoothing >= 0, labelSmoothing < 1 else {
      throw ObjectiveError.setting(
        name: "labelSmoothing", value: "\(labelSmoothing)", expected: "at least 0 and below 1")
    }
    self.labelSmoothing = labelSmoothing
    self.averaging = averaging
  }

  /// No offset, margin or scale.
  public func lossForm(for logits: Tensor) throws -> SoftmaxLossForm? { SoftmaxLossForm() }
}
