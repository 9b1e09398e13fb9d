/// What a loader has done and where the time went, in seconds added up over its threads.
public struct LoaderCounters: Sendable, Hashable, Codable {
  /// Images that are ready or handed out.
  public var images = 0
  /// Batches that were handed out.
  public var batches = 0
  /// Reading files.
  public var read = 0.0
  /// Decoding them.
  public var decode = 0.0
  /// Cutting out, resizing, mirroring.
  public var resample = 0.0
  /// Workers waiting because enough batches are ready: the consumer is the slower one.
  public var waitingForRoom = 0.0
  /// The consumer waiting for a batch: the loader is the slower one.
  public var waitingForImages = 0.0

  /// What came since an earlier reading.
  public func since(_ earlier: LoaderCounters) -> LoaderCounters {
    LoaderCounters(
      images: images - earlier.images, batches: batches - earlier.batches, read: read - earlier.read,
      decode: decode - earlier.decode, resample: resample - earlier.resample,
      waitingForRoom: waitingForRoom - earlier.waitingForRoom,
      waitingForImages: waitingForImages - earlier.waitingForImages)
  }
}

extension Duration {
  /// In seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
