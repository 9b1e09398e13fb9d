import ModelEvaluation
import Objectives
import Torch
import VisionModels

/// Counts on the device the predictions of a network's experts, batch by batch; the host waits only for the result.
public final class ExpertAccumulator {
  /// The number of experts.
  public let expertCount: Int
  private let classCount: Int
  private let images: Tensor
  private let correct: Tensor
  private let agreements: Tensor
  private let stops: Tensor

  /// Makes an accumulator without images.
  public init(experts: Int, classes: Int, on device: Device) throws {
    expertCount = experts
    classCount = classes
    images = try Tensor.zeros([classes], dtype: .int64, on: device)
    correct = try Tensor.zeros([experts, classes], dtype: .int64, on: device)
    agreements = try Tensor.zeros([experts * experts, classes], dtype: .int64, on: device)
    stops = try Tensor.zeros([experts, classes], dtype: .int64, on: device)
  }

  /// Adds a batch.
  ///
  /// - Parameters:
  ///   - logits: the logits of all experts, `[experts, batch, classes]`.
  ///   - labels: the true classes, int64 `[batch]`, on the device.
  ///   - used: how many experts each image of a routed network used, int64 `[batch]` within `1 ... experts`; nil for all of them.
  /// - Throws: `ObjectiveError.expertCount` or `ObjectiveError.classCount` for logits of another shape.
  public func add(logits: Tensor, labels: Tensor, used: Tensor? = nil) throws {
    guard logits.shape.first == expertCount else {
      throw ObjectiveError.expertCount(
        objective: "counting predictions", expected: expertCount, actual: logits.shape.first ?? 0)
    }
    guard logits.shape.last == classCount else {
      throw ObjectiveError.classCount(expected: classCount, actual: logits.shape.last ?? 0)
    }
    try withoutGradients {
      let predictions = try logits.indexOfMax(alongAxis: 2)
      try images.addEntries(labels.onesLike(), at: labels)
      try correct.addEntries(predictions.equals(labels).to(.int64), at: labels, axis: 1)
      let pairs = try predictions.expandingAxis(1).equals(predictions.expandingAxis(0)).to(.int64)
      try agreements.addEntries(pairs.reshaped([expertCount * expertCount, -1]), at: labels, axis: 1)
      guard let used else { return }
      let stopped = try (used - 1).oneHot(classes: expertCount).transposed()
      try stops.addEntries(stopped.contiguous(), at: labels, axis: 1)
    }
  }

  /// Everything counted so far, read at once.
  public func counts() throws -> ExpertCounts {
    let all = try Tensor.concatenation([images.expandingAxis(0), correct, stops, agreements]).integers()
    let rows = stride(from: 0, to: all.count, by: classCount).map { Array(all[$0..<$0 + classCount]) }
    let pairs = rows[(1 + 2 * expertCount)...]
    var counts = ExpertCounts(experts: expertCount, classes: classCount)
    try counts.add(
      images: rows[0], correct: Array(rows[1...expertCount]),
      agreements: (0..<classCount).map { label in
        (0..<expertCount).map { first in
          (0..<expertCount).map { pairs[pairs.startIndex + first * expertCount + $0][label] }
        }
      },
      stops: Array(rows[(1 + expertCount)..<(1 + 2 * expertCount)]))
    return counts
  }
}
