import Torch
import VisionData

extension TrainingData {
  /// Prepares a data set for a recipe: thins CIFAR to a long tail if the settings say so, brings every picture to the input size, and
  /// puts all on the device.
  ///
  /// - Parameters:
  ///   - directory: the data set.
  ///   - settings: which images are used; a factor above 1 thins CIFAR, and leaves folders and lists as they are.
  ///   - inputSize: the side of the square pictures, in pixels.
  ///   - device: where the pictures go.
  ///   - skipsUnreadable: leave out images that cannot be decoded instead of refusing them.
  ///   - progress: called now and then while images are decoded.
  /// - Throws: `DataSourceError` and `ImageCodecError` naming files; `ClassDistributionError` for fewer than two classes.
  public static func prepare(
    _ directory: DataDirectory, settings: DataSettings = DataSettings(), inputSize: Int, on device: Device,
    skipsUnreadable: Bool = false, progress: DataProgress? = nil
  ) throws -> TrainingData {
    let chosen = try thinned(directory, settings)
    let training = try PreparedImages(
      chosen.training, side: inputSize, skipsUnreadable: skipsUnreadable, progress: progress
    ).images
    let test = try chosen.evaluation.map {
      try PreparedImages($0, side: inputSize, skipsUnreadable: skipsUnreadable, progress: progress).images
    }
    let labels = training.labels.map(Int32.init)
    return TrainingData(
      training: try DeviceImages(training, on: device), test: try test.map { try DeviceImages($0, on: device) },
      testNames: test.map { images in (0..<images.count).map(images.name) } ?? [],
      classes: try ClassDistribution(
        labels: labels, classCount: training.classNames.count, names: training.classNames),
      digest: try DataDigest.digest(of: chosen))
  }

  /// Whether `prepare` would thin this data set.
  public static func thins(_ directory: DataDirectory, _ settings: DataSettings) -> Bool {
    settings.imbalanceFactor > 1 && (directory.kind == .cifar10 || directory.kind == .cifar100)
  }

  private static func thinned(_ directory: DataDirectory, _ settings: DataSettings) throws -> DataDirectory {
    guard thins(directory, settings) else { return directory }
    let labels = directory.training.labels.map(Int32.init)
    let largest = directory.training.classCounts.max() ?? 0
    let counts = try LongTailProfile(settings.profile, imbalanceFactor: settings.imbalanceFactor)
      .counts(maxPerClass: largest, classCount: directory.classNames.count)
    let kept = try LongTailedSelection.indices(
      labels: labels, counts: counts, seed: UInt32(clamping: settings.selectionSeed))
    return try directory.selectingTraining(kept.map(Int.init))
  }
}

extension DeviceImages {
  /// Puts prepared pictures on a device.
  public init(_ images: ResidentImages, on device: Device) throws {
    try self.init(bytes: images.pixels, side: images.side, labels: images.labels.map(Int32.init), on: device)
  }
}
