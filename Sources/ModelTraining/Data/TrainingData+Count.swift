import Datasets

extension TrainingData {
  /// Training images that settings choose from a data set, before any of them is read; what is left out as unreadable is not known yet.
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
