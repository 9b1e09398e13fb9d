/// How the ranks of a distributed run share an epoch: every global batch is cut into one contiguous slice a rank.
///
/// The batches themselves do not depend on the number of ranks, so neither does what is trained. Joining the slices of
/// all ranks batch by batch gives the epoch back.
public enum Sharding {
  /// The part of a global batch that a rank takes: positions within the batch.
  ///
  /// When the batch does not divide evenly, slices differ by at most one; with fewer samples than ranks some are empty.
  ///
  /// - Parameters:
  ///   - rank: in `0..<ranks`.
  ///   - ranks: number of ranks; above 0.
  ///   - batchSize: samples of this global batch; the last of an epoch may be short.
  public static func slice(rank: Int, ranks: Int, batchSize: Int) -> Range<Int> {
    precondition(ranks > 0 && (0..<ranks).contains(rank), "rank \(rank) is not one of \(ranks)")
    return rank * batchSize / ranks..<(rank + 1) * batchSize / ranks
  }

  /// The indices that a rank processes in an epoch, batch after batch.
  ///
  /// - Parameters:
  ///   - indices: the epoch of a ``Sampler``.
  ///   - rank: in `0..<ranks`.
  ///   - ranks: number of ranks; above 0.
  ///   - globalBatch: samples of a global batch; above 0.
  public static func shard<Index>(_ indices: [Index], rank: Int, ranks: Int, globalBatch: Int) -> [Index] {
    precondition(globalBatch > 0, "a batch has at least one sample")
    if ranks == 1 { return indices }
    var share: [Index] = []
    share.reserveCapacity(indices.count / ranks + 1)
    for start in stride(from: 0, to: indices.count, by: globalBatch) {
      let slice = slice(rank: rank, ranks: ranks, batchSize: min(globalBatch, indices.count - start))
      share += indices[start + slice.lowerBound..<start + slice.upperBound]
    }
    return share
  }
}
