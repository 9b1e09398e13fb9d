import Datasets

extension TrainingData {
  /// The number of training images that settings choose from a data set, before any of them is read: unreadable ones are not known yet.
  public static func imageCount(in directory: DataDirectory, choosing settings: DataSettings) throws -> Int {
    var count = directory.training.count
    if thins(directory, settings) {
      let largest = directory.training.classCounts.max() ?? 0
      count = try LongTailProfile(settings.profile, imbalanceFactor: settings.imbalanceFactor)
        .counts(maxPerClass: largest, classCount: directory.classNames.count).reduce(0, +)
    }
    return max(1, count - Int((Double(count) * settings.validationShare).rounded()))
  }
}
