import DataLoading
import Datasets
import Torch

extension TrainingData {
  /// Prepares a data set for a recipe: thins CIFAR to a long tail if the settings say so, holds out a validation set, and prepares the images
  /// in memory or in their files.
  ///
  /// - Parameters:
  ///   - directory: the data set.
  ///   - settings: which images are used; an imbalance factor above 1 thins CIFAR, and leaves folders and lists as they are.
  ///   - preprocessing: how images become inputs where nothing is random.
  ///   - cropsFiles: whether training crops whole images at random.
  ///   - device: where the batches go.
  ///   - loading: where images lie.
  ///   - skipsUnreadable: leave out images that cannot be decoded instead of refusing them.
  ///   - progress: called now and then while images are decoded.
  ///   - notice: called before something that takes long or much space is done.
  /// - Throws: `DataSourceError` and `ImageCodecError` naming files; `ClassDistributionError` for fewer than two classes;
  ///   `ObjectiveError.setting` for a selection of images, or a seed of it, that would have no effect.
  public static func prepare(
    _ directory: DataDirectory, settings: DataSettings = DataSettings(), preprocessing: Preprocessing,
    cropsFiles: Bool = false, on device: Device, loading: ImageStorage = ImageStorage(),
    skipsUnreadable: Bool = false, progress: DataProgress? = nil, notice: (@Sendable (String) -> Void)? = nil
  ) throws -> TrainingData {
    let (chosen, heldOutImages) = try heldOut(thinned(directory, settings), settings)
    let preparation = ImagePreparation(
      preprocessing: preprocessing, device: device, loading: loading, skipsUnreadable: skipsUnreadable,
      progress: progress, notice: notice)
    let training = try preparation.images(
      of: chosen.training, cropsFiles: cropsFiles, cachedShorterEdge: settings.cachedShorterEdge)
    let test = try chosen.evaluation.map { try preparation.images(of: $0, cropsFiles: false) }
    var data = TrainingData(
      training: training.images, test: test?.images, testNames: test?.names ?? [],
      classes: try ClassDistribution(
        labels: training.images.hostLabels, classCount: chosen.classNames.count, names: chosen.classNames),
      digest: try DataDigest.digest(of: chosen, workers: loading.workerCount))
    let validation = try heldOutImages.map { try preparation.images(of: $0, cropsFiles: false) }
    data.validation = validation?.images
    data.unreadable = [("train", training), ("validation", validation), ("test", test)].compactMap { split, result in
      UnreadableImages(split: split, images: result?.skipped ?? [])
    }
    for unreadable in data.unreadable { notice?("note: " + unreadable.text) }
    return data
  }

  /// Prepares a data set whose images' shorter edges are resized to the input size; see the other form.
  public static func prepare(
    _ directory: DataDirectory, settings: DataSettings = DataSettings(), inputSize: Int, on device: Device,
    skipsUnreadable: Bool = false, progress: DataProgress? = nil
  ) throws -> TrainingData {
    try prepare(
      directory, settings: settings,
      preprocessing: Preprocessing(inputSize: inputSize, normalization: .imageNet), on: device,
      skipsUnreadable: skipsUnreadable, progress: progress)
  }

  /// Whether `prepare` would thin this data set.
  public static func thins(_ directory: DataDirectory, _ settings: DataSettings) -> Bool {
    settings.imbalanceFactor > 1 && (directory.kind == .cifar10 || directory.kind == .cifar100)
  }

  private static func heldOut(
    _ directory: DataDirectory, _ settings: DataSettings
  ) throws -> (DataDirectory, (any ImageSource)?) {
    guard settings.validationShare != 0 else { return (directory, nil) }
    return try directory.holdingOutValidation(
      fraction: settings.validationShare, seed: UInt64(clamping: settings.selectionSeed))
  }

  private static func thinned(_ directory: DataDirectory, _ settings: DataSettings) throws -> DataDirectory {
    try settings.checkSelection(thins: thins(directory, settings))
    guard thins(directory, settings) else { return directory }
    let labels = directory.training.labels.map(Int32.init)
    let largest = directory.training.classCounts.max() ?? 0
    let counts = try LongTailProfile(settings.profile, imbalanceFactor: settings.imbalanceFactor)
      .counts(maxPerClass: largest, classCount: directory.classNames.count)
    let indices = try LongTailedSelection.indices(
      labels: labels, counts: counts, order: settings.selection, seed: UInt32(clamping: settings.selectionSeed))
    return try directory.selectingTraining(indices.map(Int.init))
  }
}

extension DeviceImages {
  /// Puts prepared images on a device.
  public init(_ images: ResidentImages, on device: Device) throws {
    try self.init(bytes: images.pixels, side: images.side, labels: images.labels.map(Int32.init), on: device)
  }
}
