import DataLoading
import LongtailTestSupport
import Testing

@Suite struct ShardingTests {
  /// The slices of all ranks, joined batch by batch, are the epoch.
  @Test func shardsJoinToTheSameOrder() throws {
    let order = try InstanceBalanced(imageCount: 1003).indices(seed: 1, stage: 0, epoch: 0)
    withEvery("ranks", [1, 2, 3, 8]) { ranks in
      withEvery("batch", [1, 5, 64, 2000]) { batch in
        let shards = (0..<ranks).map {
          Sharding.shard(order, rank: $0, ranks: ranks, globalBatch: batch)
        }
        #expect(join(shards, batch: batch, total: order.count) == order, CaseContext.note)
      }
    }
  }

  private func join(_ shards: [[Int32]], batch: Int, total: Int) -> [Int32] {
    var taken = [Int](repeating: 0, count: shards.count)
    var joined: [Int32] = []
    for start in stride(from: 0, to: total, by: batch) {
      for rank in shards.indices {
        let size = Sharding.slice(rank: rank, ranks: shards.count, batchSize: min(batch, total - start)).count
        joined += shards[rank][taken[rank]..<taken[rank] + size]
        taken[rank] += size
      }
    }
    return joined
  }

  /// Slices follow one another without gap and differ by at most one sample.
  @Test func slicesTileTheBatch() {
    withEvery("ranks", [1, 2, 3, 8]) { ranks in
      withEvery("batch", [0, 1, 7, 8, 95, 128]) { batch in
        let slices = (0..<ranks).map { Sharding.slice(rank: $0, ranks: ranks, batchSize: batch) }
        #expect(slices.flatMap(Array.init) == Array(0..<batch), CaseContext.note)
        let sizes = slices.map(\.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1, CaseContext.note)
      }
    }
  }
}
