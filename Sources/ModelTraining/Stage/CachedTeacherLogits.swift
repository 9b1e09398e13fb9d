import Torch
import VisionModels

/// The teachers' outputs for all training images, computed once where each step would compute the same again.
struct CachedTeacherLogits {
  /// The most memory that they may take, in bytes.
  static let largestSize = 1 << 30

  private var outputs: [ModelOutput] = []

  /// Computes the outputs.
  ///
  /// - Parameters:
  ///   - count: the number of training images.
  ///   - batchSize: images computed at a time.
  ///   - compute: the teachers' outputs for the images from one index up to another, without gradients.
  /// - Returns: nil when they would take too much memory.
  init?(count: Int, batchSize: Int, compute: (Range<Int>) throws -> [ModelOutput]) throws {
    let first = try compute(0..<min(batchSize, count))
    let bytes = first.reduce(0) { $0 + Self.parts(of: $1).reduce(0) { $0 + $1.elementCount * $1.dtype.byteCount } }
    guard bytes * count / min(batchSize, count) <= Self.largestSize else { return nil }
    var batches = [first]
    for start in stride(from: min(batchSize, count), to: count, by: batchSize) {
      batches.append(try compute(start..<min(start + batchSize, count)))
    }
    outputs = try first.indices.map { teacher in
      try Self.joined(first[teacher]) { part in
        try Tensor.concatenation(batches.map { part($0[teacher]) })
      }
    }
  }

  /// The outputs for the images at indices `[batch]` on the device.
  func outputs(at indices: Tensor) throws -> [ModelOutput] {
    try outputs.map { output in
      try Self.joined(output) { part in try part(output).entries(at: indices) }
    }
  }

  private static func parts(of output: ModelOutput) -> [Tensor] {
    [output.logits] + (output.features.map { [$0] } ?? []) + output.expertLogits + output.expertFeatures
      + output.routerLogits
  }

  /// An output of which each part is made from the same part of others.
  private static func joined(
    _ model: ModelOutput, _ make: ((ModelOutput) -> Tensor) throws -> Tensor
  ) throws -> ModelOutput {
    ModelOutput(
      logits: try make(\.logits), features: try model.features.map { old in try make { $0.features ?? old } },
      expertLogits: try model.expertLogits.indices.map { index in try make { $0.expertLogits[index] } },
      expertFeatures: try model.expertFeatures.indices.map { index in try make { $0.expertFeatures[index] } },
      routerLogits: try model.routerLogits.indices.map { index in try make { $0.routerLogits[index] } },
      routerThreshold: model.routerThreshold)
  }
}
