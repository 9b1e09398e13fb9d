/// Parameters of launch configurations, chosen for a GPU with 132 multiprocessors; results depend on them by rounding
/// only.
package struct LaunchTuning: Sendable {
  /// Threads per block.
  package var threads = 256
  /// Blocks of the first launch of a reduction, over all tiles. Each writes a partial result, which every block of the
  /// second launch reads.
  package var reducingBlocks = 128
  /// Blocks of an element-wise launch.
  package var applyingBlocks = 528
  /// The smallest number of rows per thread, if there are enough.
  package var rowsPerThread = 4

  package init() {}
}
