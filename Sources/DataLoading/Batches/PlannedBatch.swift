/// The images of the batch of a step.
public struct PlannedBatch: Sendable, Hashable {
  /// The step of the stage; part of the name of every random draw.
  public var step: UInt64
  /// The position of the first image in the global batch: 0 unless ranks share a batch.
  public var firstPosition: Int
  /// The images, by their index in the source, in order.
  public var indices: [Int]

  /// Names a batch.
  public init(step: UInt64, indices: [Int], firstPosition: Int = 0) {
    self.step = step
    self.firstPosition = firstPosition
    self.indices = indices
  }

  /// An order of images cut into batches, from one of them on: the plan of an epoch, or of its rest after a resume.
  ///
  /// - Parameters:
  ///   - order: the images of the epoch in the order of the sampler.
  ///   - size: images in a batch; the last one may have fewer.
  ///   - firstStep: the step of the epoch's first batch.
  ///   - start: batches to skip, because they were trained on already.
  public static func batches<Index: BinaryInteger>(
    of order: some Collection<Index>, size: Int, firstStep: UInt64 = 0, from start: Int = 0
  ) -> [PlannedBatch] {
    precondition(size > 0 && start >= 0, "a batch has images")
    let images = order.map { Int($0) }
    return stride(from: start * size, to: images.count, by: size).map { position in
      PlannedBatch(
        step: firstStep + UInt64(position / size),
        indices: Array(images[position..<min(position + size, images.count)]))
    }
  }
}
