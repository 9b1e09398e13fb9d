/// A planned sampler: which images, in which order, make an epoch.
///
/// The order is a pure function of seed, stage and epoch; a sampler has no state to save and does not depend on ranks.
/// Epochs and stages count from 0.
public protocol Sampler: Sendable {
  /// Number of indices of an epoch.
  var epochLength: Int { get }

  /// The image indices of an epoch, in the order in which they are drawn.
  ///
  /// - Parameters:
  ///   - seed: seed of the run.
  ///   - stage: stage of the recipe, so that two stages do not repeat each other's draws.
  ///   - epoch: epoch within the stage.
  func indices(seed: UInt64, stage: Int, epoch: Int) -> [Int32]
}
