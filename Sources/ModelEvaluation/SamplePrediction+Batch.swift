import Dispatch
import Foundation

extension SamplePrediction {
  /// The number of logits per batch from which several threads are used; below, starting them takes longer than the
  /// work.
  private static let parallelThreshold = 1 << 18

  /// The predictions of a batch, with all processor cores for large ones. The result does not depend on their number.
  ///
  /// - Parameters:
  ///   - logits: `[samples, width]`, row-major.
  ///   - labels: one per row; they must be within `0 ..< width`.
  ///   - width: number of classes.
  static func batch(
    logits: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>, width: Int
  ) -> [SamplePrediction] {
    let parts = logits.count < parallelThreshold ? 1 : ProcessInfo.processInfo.activeProcessorCount
    return [SamplePrediction](unsafeUninitializedCapacity: labels.count) { rows, count in
      // The threads only read the inputs and write disjoint rows, and all have finished when the call returns.
      nonisolated(unsafe) let (target, logits, labels) = (rows, logits, labels)
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        for sample in labels.count * part / parts..<labels.count * (part + 1) / parts {
          let row = UnsafeBufferPointer(rebasing: logits[sample * width..<(sample + 1) * width])
          target.initializeElement(at: sample, to: SamplePrediction(row: row, truth: Int(labels[sample])))
        }
      }
      count = labels.count
    }
  }
}
