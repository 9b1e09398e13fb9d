import Torch
import VisionModels

/// What teachers say of every training image, worked out once where each step would ask the same again.
struct CachedTeacherLogits {
  /// The most memory that is taken for them, in bytes.
  static let largestSize = 1 << 30

  private var answers: [ModelOutput] = []

  /// Asks the teachers.
  ///
  /// - Parameters:
  ///   - count: the number of training images.
  ///   - batchSize: images asked about at a time.
  ///   - ask: what the teachers say of the images from one index up to another, without gradients.
  /// - Returns: nil when the answers would take too much memory.
  init?(count: Int, batchSize: Int, ask: (Range<Int>) throws -> [ModelOutput]) throws {
    let first = try ask(0..<min(batchSize, count))
    let bytes = first.reduce(0) { $0 + Self.parts(of: $1).reduce(0) { $0 + $1.elementCount * $1.dtype.byteCount } }
    guard bytes * count / min(batchSize, count) <= Self.largestSize else { return nil }
    var batches = [first]
    for start in stride(from: min(batchSize, count), to: count, by: batchSize) {
      batches.append(try ask(start..<min(start + batchSize, count)))
    }
    answers = try first.indices.map { teacher in
      try Self.joined(first[teacher]) { part in
        try Tensor.concatenation(batches.map { part($0[teacher]) })
      }
    }
  }

  /// What they say of the images that indices `[batch]` on the device name.
  func outputs(at indices: Tensor) throws -> [ModelOutput] {
    try answers.map { answer in
      try Self.joined(answer) { part in try part(answer).entries(at: indices) }
    }
  }

  private static func parts(of output: ModelOutput) -> [Tensor] {
    [output.logits] + (output.features.map { [$0] } ?? []) + output.expertLogits + output.expertFeatures
      + output.routerLogits
  }

  /// An output whose parts are made of the same parts of others.
  private static func joined(
    _ model: ModelOutput, _ make: ((ModelOutput) -> Tensor) throws -> Tensor
  ) throws -> ModelOutput {
    ModelOutput(
      logits: try make(\.logits), features: try model.features.map { old in try make { $0.features ?? old } },
      expertLogits: try model.expertLogits.indices.map { index in try make { $0.expertLogits[index] } },
      expertFeatures: try model.expertFeatures.indices.map { index in try make { $0.expertFeatures[index] } },
      routerLogits: try model.routerLogits.indices.map { index in try make { $0.routerLogits[index] } })
  }
}
