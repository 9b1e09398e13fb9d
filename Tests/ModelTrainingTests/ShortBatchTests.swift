import ModelTraining
import Testing
import TrainingTestSupport

/// The last batch of an epoch, where it has fewer images than the others.
@Suite(.serialized) struct ShortBatchTests {
  /// A recipe of two epochs, whose short batches are left out or not.
  private func recipe(dropping: Bool, batchSize: Int) throws -> Recipe {
    var stage = try Tiny.stage(length: .epochs(2), batchSize: batchSize)
    stage.streams[0].dropsLastBatch = dropping
    return Tiny.recipe([stage])
  }

  /// Batches of 6: the short one at the end of an epoch is a step or none. Epochs of whole batches, and of one batch, do not change.
  @Test(arguments: [false, true]) func shortBatchesAreLeftOut(dropping: Bool) throws {
    let data = try Tiny.data()
    let count = data.training.count
    #expect(count > 18)
    #expect(count % 6 != 0)
    for (batchSize, steps) in [(6, dropping ? 3 : 4), (count, 1), (count + 8, 1)] {
      let readings = Readings()
      try Tiny.trainer(recipe(dropping: dropping, batchSize: batchSize), on: data, observers: [readings]).run()
      #expect(readings.losses.count == 2 * steps, "\(batchSize)")
      #expect(readings.losses.allSatisfy { $0.isFinite }, "\(batchSize)")
    }
  }

  @Test(arguments: [2, 3, 4]) func interruptionsLeaveNoTrace(stop: Int) throws {
    let data = try Tiny.data()
    let recipe = try recipe(dropping: true, batchSize: 6)
    let expected = try TrainingRuns.contents(of: recipe, on: data)
    try TrainingRuns.expectEqual(
      TrainingRuns.contents(of: recipe, on: data, stoppingAfter: [stop]), expected, "stopped after \(stop)")
  }
}
