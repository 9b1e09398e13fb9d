import DataLoading
import Datasets
import Foundation
import Torch
import Transforms

/// Prepares the images of a source for a run: decides whether they lie in memory or are read from files.
public struct ImagePreparation {
  /// How images become network inputs where nothing is random.
  public var preprocessing: Preprocessing
  /// Where batches go.
  public var device: Device
  /// Where images lie.
  public var loading: ImageStorage
  /// Whether images that cannot be decoded are left out.
  public var skipsUnreadable: Bool
  /// Where squares are cropped where nothing is random.
  public var cropPosition = CropPosition.middle
  /// Called now and then while images are decoded.
  public var progress: DataProgress?
  /// Called before something that takes long or much space is done, and when training has waited long for images.
  public var notice: (@Sendable (String) -> Void)?

  /// Images, what they are called, and what was left out.
  public struct Result {
    /// The images.
    public var images: any TrainingImages
    /// Their names, in order.
    public var names: [String]
    /// What was left out, in the order of the source.
    public var skipped: [UnreadableImage]
  }

  /// Makes a preparation.
  public init(
    preprocessing: Preprocessing, device: Device, loading: ImageStorage = ImageStorage(),
    skipsUnreadable: Bool = false, progress: DataProgress? = nil, notice: (@Sendable (String) -> Void)? = nil
  ) {
    self.preprocessing = preprocessing
    self.device = device
    self.loading = loading
    self.skipsUnreadable = skipsUnreadable
    self.progress = progress
    self.notice = notice
  }

  /// The images of a source.
  ///
  /// - Parameters:
  ///   - source: the images.
  ///   - cropsFiles: whether training crops whole images at random.
  ///   - cachedShorterEdge: the shorter edge of the images in a decoded cache, which is written if it does not exist; nil for none.
  /// - Throws: `DataSourceError.unreadableImages`, `.tooMuchMemory` when memory is asked for and there is too little, `.tooLittleDisk`.
  public func images(
    of source: any ImageSource, cropsFiles: Bool = false, cachedShorterEdge: Int? = nil
  ) throws -> Result {
    if source.isResident || cachedShorterEdge == nil && staysInMemory(source, cropsFiles) {
      let prepared = try PreparedImages(
        source, side: preprocessing.inputSize, shorterEdge: preprocessing.shorterEdge, place: cropPosition,
        workers: loading.workerCount,
        skipsUnreadable: skipsUnreadable, progress: progress)
      let images = prepared.images
      try check(images.count, of: source, prepared.skipped)
      return Result(
        images: try DeviceImages(images, on: device), names: (0..<images.count).map(images.name),
        skipped: prepared.skipped)
    }
    let (images, skipped) = try ReadabilityCheck.readable(
      in: source, skipsUnreadable: skipsUnreadable, workers: loading.workerCount, progress: progress)
    try check(images.count, of: source, skipped)
    let decoded: any ImageSource =
      try cachedShorterEdge.map { try cached(images, shorterEdge: $0) } ?? ChangeCheckedImages(images)
    return Result(
      images: try StreamedImages(
        decoded, preprocessing: preprocessing, on: device, workers: loading.workerCount, cropPosition: cropPosition,
        notice: notice),
      names: (0..<images.count).map(images.name), skipped: skipped)
  }

  /// Refuses a set of which no image can be decoded.
  private func check(_ count: Int, of source: any ImageSource, _ skipped: [UnreadableImage]) throws {
    guard count == 0, !skipped.isEmpty else { return }
    throw DataSourceError.unreadableImages(
      count: skipped.count, total: source.count, examples: skipped.prefix(10).map(\.reason))
  }

  private func cached(_ images: any ImageSource, shorterEdge: Int) throws -> CachedImages {
    guard shorterEdge >= preprocessing.inputSize else {
      throw DataSourceError.badSetting(
        name: "data.cachedShorterEdge", value: "\(shorterEdge)",
        expected: "null, or at least the input size, \(preprocessing.inputSize)")
    }
    let folder = loading.cacheFolder.isEmpty ? CacheFolder.path() + "/images" : loading.cacheFolder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let policy = DecodedCachePolicy(shorterEdge: shorterEdge)
    let path =
      "\(folder)/\(try DataDigest.digest(of: images, workers: loading.workerCount).prefix(16))-\(shorterEdge).images"
    if let present = try DecodedCache.open(path, of: images, policy: policy) { return present }
    let plan = try DecodedCache.plan(for: images, policy: policy, workers: loading.workerCount, progress: progress)
    notice?("decoding \(plan.count) images once into \(path), \(plan.fileBytes / 1_000_000 + 1) MB")
    return try DecodedCache.openOrMake(
      path, of: images, policy: policy, workers: loading.workerCount, plan: plan, progress: progress)
  }

  private func staysInMemory(_ source: any ImageSource, _ cropsFiles: Bool) -> Bool {
    // In memory, random crops are cut out of squares of the input size.
    guard !cropsFiles || loading.location == .memory else { return false }
    switch loading.location {
    case .memory: return true
    case .files: return false
    case .auto:
      // The limit leaves room for the other sets and for training itself.
      return PreparedImages.fitsIntoMemory(count: source.count, side: preprocessing.inputSize)
    }
  }
}
