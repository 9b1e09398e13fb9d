import Dispatch
import Foundation

extension SamplePrediction {
  /// Below this many logits a batch is read by the calling thread alone: starting others would take longer.
  private static let parallelThreshold = 1 << 18

  /// Reads all rows of a batch, large ones on all processors. The result does not depend on their number.
  ///
  /// - Parameters:
  ///   - logits: `[samples, width]`, row-major.
  ///   - labels: checked labels, one a row.
  ///   - width: number of classes.
  static func batch(
    logits: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int32>, width: Int
  ) -> [SamplePrediction] {
    let parts = logits.count < parallelThreshold ? 1 : ProcessInfo.processInfo.activeProcessorCount
    return [SamplePrediction](unsafeUninitializedCapacity: labels.count) { rows, count in
      // The parts only read the inputs and write disjoint rows, and all have ended when the call returns.
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
