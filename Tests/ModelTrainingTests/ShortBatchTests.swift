import ModelTraining
import Testing
import VisionData

/// The last batch of an epoch, where it has fewer images than the others.
@Suite(.serialized) struct ShortBatchTests {
  /// A recipe of two epochs, whose short batches are left out or not.
  private func recipe(dropping: Bool, batchSize: Int) throws -> Recipe {
    var stage = try Tiny.stage(length: .epochs(2), batchSize: batchSize)
    stage.streams[0].dropsLastBatch = dropping
    return Tiny.recipe([stage])
  }

  /// 22 images in batches of 6: four steps with the four images at the end, three without. Whole epochs and single batches stay.
  @Test(arguments: [(6, false, 8), (6, true, 6), (11, true, 4), (22, true, 2), (30, true, 2), (30, false, 2)])
  func shortBatchesAreLeftOut(batchSize: Int, dropping: Bool, steps: Int) throws {
    let readings = Readings()
    try Tiny.trainer(
      recipe(dropping: dropping, batchSize: batchSize), on: Tiny.data(), observers: [readings]
    ).run()
    #expect(readings.losses.count == steps && readings.losses.allSatisfy(\.isFinite))
  }

  @Test(arguments: [2, 3, 4]) func interruptionsLeaveNoTrace(stop: Int) throws {
    let data = try Tiny.data()
    let recipe = try recipe(dropping: true, batchSize: 6)
    let expected = try MethodRuns.contents(of: recipe, on: data)
    try MethodRuns.expectEqual(
      MethodRuns.contents(of: recipe, on: data, stoppingAfter: [stop]), expected, "stopped after \(stop)")
  }
}
