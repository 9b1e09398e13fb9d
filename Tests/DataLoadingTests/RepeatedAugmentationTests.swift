import DataLoading
import Testing

/// Repeated images within an epoch.
@Suite struct RepeatedAugmentationTests {
  /// A fixed order.
  private struct Fixed: Sampler {
    let order: [Int32]
    var epochLength: Int { order.count }
    func indices(seed: UInt64, stage: Int, epoch: Int) -> [Int32] { order }
  }

  /// Dealt round-robin to two ranks, this is what DeiT's sampler gives them: 3, 3, 1, 4 and 3, 1, 1, 4.
  @Test func orderIsThePublishedOne() {
    let sampler = RepeatedAugmentation(Fixed(order: [3, 1, 4, 0, 5, 7, 6, 2]), repetitions: 3, roundedTo: 4)
    let epoch = sampler.indices(seed: 0, stage: 0, epoch: 0)
    #expect(epoch == [3, 3, 3, 1, 1, 1, 4, 4])
    #expect(sampler.epochLength == 8)
    #expect(stride(from: 0, to: 8, by: 2).map { epoch[$0] } == [3, 3, 1, 4])
    #expect(stride(from: 1, to: 8, by: 2).map { epoch[$0] } == [3, 1, 1, 4])
  }

  @Test func lengthIsAMultipleUnlessShort() throws {
    let long = RepeatedAugmentation(try InstanceBalanced(imageCount: 1000), repetitions: 3)
    #expect(long.epochLength == 768)
    #expect(long.indices(seed: 1, stage: 0, epoch: 0).count == 768)
    #expect(Set(long.indices(seed: 1, stage: 0, epoch: 0)).count == 256)
    let short = RepeatedAugmentation(try InstanceBalanced(imageCount: 100), repetitions: 3)
    #expect(short.epochLength == 100)
  }

  @Test func onceIsTheOrderItself() throws {
    let base = try InstanceBalanced(imageCount: 60)
    let once = RepeatedAugmentation(base, repetitions: 1)
    #expect(once.indices(seed: 5, stage: 1, epoch: 2) == base.indices(seed: 5, stage: 1, epoch: 2))
  }
}
