import CLibTorch

/// The launch configuration of batch normalisation.
struct FusedBatchNormalizationPlan: Sendable {
  /// Channels per vector access of a thread: up to 16 bytes if the number of channels and all addresses allow it.
  let vector: Int
  /// Threads of a block along channels and along rows.
  let block: (x: Int, y: Int)
  /// Blocks along channels.
  let tiles: Int
  /// Blocks along rows in the first launch and in the second.
  let reducingParts: Int
  let applyingParts: Int

  /// Shared memory per block in bytes: a count and two values per channel for each thread.
  var blockMemory: Int { block.x * block.y * (2 * vector + 1) * 4 }

  /// - Parameter tensors: all tensors with vector access.
  init(_ layout: FusedBatchNormalizationLayout, _ tuning: LaunchTuning, _ tensors: [Tensor]) {
    let size = layout.dtype.byteCount
    let addresses = tensors.map { UInt(bitPattern: ct_tensor_data($0.handle)) }
    let vector = Self.vector(size: size, channels: layout.channels, addresses)
    self.vector = vector
    let vectors = layout.channels / vector
    // 64 channels, or 32 without vectors, fill whole cache lines.
    let width = min(vectors, vector == 1 ? 32 : 64 / vector, tuning.threads)
    block = (width, max(1, tuning.threads / width))
    tiles = (vectors + width - 1) / width
    let steps = (layout.rows + block.y - 1) / block.y
    func parts(_ blocks: Int, _ rowsPerThread: Int, tiles: Int) -> Int {
      // Even with many tiles each needs several parts to keep all multiprocessors busy.
      min(max(1, steps / rowsPerThread), max((blocks + tiles - 1) / tiles, min(blocks, 16)))
    }
    reducingParts = parts(tuning.reducingBlocks, 2 * tuning.rowsPerThread, tiles: tiles)
    applyingParts = parts(tuning.applyingBlocks, tuning.rowsPerThread, tiles: tiles)
  }

  private static func vector(size: Int, channels: Int, _ addresses: [UInt]) -> Int {
    for count in [16 / size, 4] where channels % count == 0 {
      if addresses.allSatisfy({ $0 % UInt(count * size) == 0 }) { return count }
    }
    return 1
  }
}
