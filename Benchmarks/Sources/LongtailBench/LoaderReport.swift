import Longtail

/// One measurement of `longtail-bench loader`.
struct LoaderRun: Encodable, CustomStringConvertible {
  let workers: Int
  let isCached: Bool
  let images: Int
  let imagesPerSecond: Double
  /// Processor time of the whole process, the figure to compare on a machine with other work.
  let processorMillisecondsPerImage: Double
  /// Shares of the workers' time.
  let readShare: Double
  let decodeShare: Double
  let cropShare: Double
  let waitShare: Double
  /// Share of the consumer's time; near 1 here, because nothing is done with the images.
  let consumerWaitShare: Double

  init(
    workers: Int, isCached: Bool, seconds: Double, processorSeconds: Double, counters: LoaderCounters
  ) {
    self.workers = workers
    self.isCached = isCached
    images = counters.images
    imagesPerSecond = Double(counters.images) / seconds
    processorMillisecondsPerImage = processorSeconds / Double(max(counters.images, 1)) * 1000
    let whole = seconds * Double(workers)
    readShare = counters.read / whole
    decodeShare = counters.decode / whole
    cropShare = counters.resample / whole
    waitShare = counters.waitingForRoom / whole
    consumerWaitShare = counters.waitingForImages / seconds
  }

  var description: String {
    func percent(_ share: Double) -> String { (share * 100).text(0) + " %" }
    return """
      \(workers) \(workers == 1 ? "worker " : "workers"), \(isCached ? "decoded cache" : "files"): \
      \(imagesPerSecond.text(0)) images/s, \(processorMillisecondsPerImage.text(3)) ms of processor time an image; \
      workers: read \(percent(readShare)), decode \(percent(decodeShare)), crop \(percent(cropShare)), \
      wait for room \(percent(waitShare)); consumer: wait \(percent(consumerWaitShare))
      """
  }
}

/// What `longtail-bench loader` says.
struct LoaderReport: Encodable, CustomStringConvertible {
  let images: Int
  let kilobytesPerImage: Double
  let side: Int
  let crop: String
  let quality: String
  let batch: Int
  let runs: [LoaderRun]

  var description: String {
    let head =
      "\(images) images of \(kilobytesPerImage.text(0)) KiB to \(side) x \(side), \(crop) crop, \(quality) decoding, batch \(batch)"
    return ([head] + runs.map(\.description)).joined(separator: "\n")
  }
}
