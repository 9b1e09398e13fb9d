/// Threads and blocks of a launch.
package struct LaunchShape: Sendable {
  /// Blocks along two axes.
  package var grid: (x: Int, y: Int)
  /// Threads of a block along two axes.
  package var block: (x: Int, y: Int)
  /// Bytes of shared memory that a block gets beside what the kernel declares.
  package var blockMemory = 0

  package init(grid: (x: Int, y: Int), block: (x: Int, y: Int), blockMemory: Int = 0) {
    self.grid = grid
    self.block = block
    self.blockMemory = blockMemory
  }
}

/// How launches are shaped. The numbers are chosen for a GPU of 132 multiprocessors; results do not depend on them but for rounding.
package struct LaunchTuning: Sendable {
  /// Threads of a block.
  package var threads = 256
  /// Blocks of the first launch of a reduction, over all tiles. Each of them leaves a partial result that every block of the second
  /// launch reads.
  package var reducingBlocks = 128
  /// Blocks of a launch that goes over all rows.
  package var applyingBlocks = 528
  /// Rows that a thread takes at least, where there are enough.
  package var rowsPerThread = 4

  package init() {}
}
