import Torch
import VisionData

/// Makes the pictures of a source ready for a run: decides where they lie.
public struct PictureMaker {
  /// How pictures become inputs where nothing is random.
  public var preprocessing: Preprocessing
  /// Where batches go.
  public var device: Device
  /// Where pictures lie.
  public var loading: PictureLoading
  /// Whether images that cannot be decoded are left out.
  public var skipsUnreadable: Bool
  /// Called now and then while images are looked at.
  public var progress: DataProgress?

  /// Pictures, what they are called, and what was left out.
  public struct Result {
    /// The pictures.
    public var pictures: any TrainingPictures
    /// Their names, in order.
    public var names: [String]
    /// What was left out, in the order of the source.
    public var skipped: [PreparedImages.Unreadable]
  }

  /// Makes a maker.
  public init(
    preprocessing: Preprocessing, device: Device, loading: PictureLoading = PictureLoading(),
    skipsUnreadable: Bool = false, progress: DataProgress? = nil
  ) {
    self.preprocessing = preprocessing
    self.device = device
    self.loading = loading
    self.skipsUnreadable = skipsUnreadable
    self.progress = progress
  }

  /// The pictures of a source.
  ///
  /// - Parameter cropsFiles: whether random parts are cut out of whole pictures.
  /// - Throws: `DataSourceError.unreadableImages`, `.tooMuchMemory` when memory is asked for and does not suffice.
  public func pictures(of source: any ImageSource, cropsFiles: Bool = false) throws -> Result {
    if source.isResident || staysInMemory(source, cropsFiles) {
      let prepared = try PreparedImages(
        source, side: preprocessing.inputSize, shortSide: preprocessing.shortSide, workers: loading.workerCount,
        skipsUnreadable: skipsUnreadable, progress: progress)
      let images = prepared.images
      return Result(
        pictures: try DeviceImages(images, on: device), names: (0..<images.count).map(images.name),
        skipped: prepared.skipped)
    }
    let (images, skipped) = try PictureCheck.readable(
      in: source, skipsUnreadable: skipsUnreadable, workers: loading.workerCount, progress: progress)
    return Result(
      pictures: try StreamedPictures(
        images, preprocessing: preprocessing, on: device, workers: loading.workerCount),
      names: (0..<images.count).map(images.name), skipped: skipped)
  }

  private func staysInMemory(_ source: any ImageSource, _ cropsFiles: Bool) -> Bool {
    guard !cropsFiles else { return false }
    switch loading.place {
    case .memory: return true
    case .files: return false
    case .auto:
      // Training and test set together, and room for what else there is.
      return PreparedImages.fitsIntoMemory(count: source.count, side: preprocessing.inputSize)
    }
  }
}
