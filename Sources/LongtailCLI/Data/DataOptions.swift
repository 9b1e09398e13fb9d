import ArgumentParser
import Longtail

/// Where the data are and how the folder is read.
struct DataOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A folder in a known layout, the training file of a list, table, JSON or tar data set, or 'synthetic' for the synthetic images.",
      valueName: "DIR"))
  var data: String

  @Option(help: ArgumentHelp("For lists, tables and shards: a file with one class name per line.", valueName: "FILE"))
  var classNames: String?

  @OptionGroup var layout: DataReadingOptions

  @Flag(help: "Accept CIFAR files with other numbers of images than the published ones.")
  var relaxedCounts = false

  /// Opens the data; no image is decoded.
  ///
  /// - Parameters:
  ///   - trainList: a file that names the training images to use.
  ///   - allowsEmptyClasses: commands that report empty classes must be able to open such data.
  ///   - allowsMissingImages: commands that count can do without the images.
  func open(
    trainList: String? = nil, allowsEmptyClasses: Bool = false, allowsMissingImages: Bool = false
  ) throws -> DataDirectory {
    var options = directoryOptions
    options.allowsEmptyClasses = allowsEmptyClasses
    options.allowsMissingEvaluationClasses = allowsEmptyClasses
    options.allowsMissingImages = allowsMissingImages
    options.trainingList = trainList
    return data == "synthetic"
      ? try DataDirectory.synthetic(options: options) : try DataDirectory.open(data, options: options)
  }

  /// The options as a value.
  var directoryOptions: DataDirectoryOptions {
    DataDirectoryOptions(
      countCheck: relaxedCounts ? .none : .published, classNamesFile: classNames, reading: layout.reading)
  }

  /// The data as a detection set, if that is what they are.
  func openDetection(
    trainList: String?, outlines: DetectionAnnotations.Outlines
  ) throws -> DetectionDirectory? {
    var options = directoryOptions
    options.trainingList = trainList
    guard data != "synthetic", try DetectionDirectory.isOne(data, options: options) else { return nil }
    return try DetectionDirectory.open(data, options: options, outlines: outlines)
  }
}

/// A subset of the training images.
struct TrainListOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Use these training images only: a file with indices or 'path label' lines, as 'data make-longtail' writes it.",
      valueName: "FILE"))
  var trainList: String?
}
