import ArgumentParser
import Longtail

/// Where the data are and how the folder is read.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The data: a folder of CIFAR's binary files, of image folders or of lists; or 'drawn' for the drawn pictures.",
      valueName: "DIR"))
  var data: String

  @Option(help: ArgumentHelp("For lists: a file with one class name a line.", valueName: "FILE"))
  var classNames: String?

  @Flag(help: "Accept CIFAR files with other numbers of images than the published ones.")
  var relaxedCounts = false

  /// Opens the data; no image is decoded.
  ///
  /// - Parameters:
  ///   - trainList: a file that names the training images to use.
  ///   - allowsEmptyClasses: commands that report empty classes must be able to open such data.
  func open(trainList: String? = nil, allowsEmptyClasses: Bool = false) throws -> DataDirectory {
    guard data != "drawn" else { return try drawn(trainList) }
    return try DataDirectory.open(
      data,
      options: DataDirectoryOptions(
        countCheck: relaxedCounts ? .none : .published, allowsEmptyClasses: allowsEmptyClasses,
        allowsMissingEvaluationClasses: allowsEmptyClasses, trainingList: trainList, classNamesFile: classNames))
  }

  private func drawn(_ trainList: String?) throws -> DataDirectory {
    let directory = try DataDirectory.drawn()
    guard let trainList else { return directory }
    return try directory.selectingTraining(IndexList.select(trainList, from: directory.training).originalIndices)
  }
}

/// Which part of the training images is looked at.
struct TrainListOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Look at these training images only: a file with indices or 'path label' lines, as 'data make-longtail' writes it.",
      valueName: "FILE"))
  var trainList: String?
}
