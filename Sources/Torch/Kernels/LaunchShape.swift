/// The launch configuration of a kernel.
package struct LaunchShape: Sendable {
  /// Blocks along two axes.
  package var grid: (x: Int, y: Int)
  /// Threads per block along two axes.
  package var block: (x: Int, y: Int)
  /// Dynamic shared memory per block in bytes.
  package var blockMemory = 0

  package init(grid: (x: Int, y: Int), block: (x: Int, y: Int), blockMemory: Int = 0) {
    self.grid = grid
    self.block = block
    self.blockMemory = blockMemory
  }
}
