/// An option of data sets that only some layouts use. Each layout declares its options (`DataLayout.usedOptions`); any other option is an
/// error, so that none is ignored silently.
public enum DataOption: String, Sendable, Hashable, CaseIterable {
  /// The layout itself.
  case format = "--format"
  /// The folder that paths are relative to.
  case imageRoot = "--image-root"
  /// The suffix of image files that the data leave out.
  case imageSuffix = "--image-suffix"
  /// The column of paths.
  case pathColumn = "--path-column"
  /// The column of classes.
  case labelColumn = "--label-column"
  /// The column of splits.
  case splitColumn = "--split-column"
  /// The values of the column of splits that mean the test set.
  case testSplit = "--test-split"
  /// The values of the column of splits that mean the validation set.
  case validationSplit = "--validation-split"
  /// A file of class names.
  case classNames = "--class-names"
  /// Whether counts of images may differ from the published ones.
  case relaxedCounts = "--relaxed-counts"
  /// The training images to use.
  case trainingList = "--train-list"

  /// The data that the option applies to.
  var purpose: String {
    switch self {
    case .format: "for folders and files"
    case .imageRoot, .imageSuffix: "for lists, tables and JSON files"
    case .pathColumn, .labelColumn, .splitColumn, .testSplit, .validationSplit: "for tables"
    case .classNames: "for lists, tables and tar shards"
    case .relaxedCounts: "for CIFAR archives"
    case .trainingList: "for images with one label each"
    }
  }

  /// Checks that the layout uses all given options.
  ///
  /// - Throws: `DataSourceError.unusedOption` for the first that it does not use.
  static func check(_ given: Set<DataOption>, used: Set<DataOption>, path: String, layout: String) throws {
    guard let unused = allCases.first(where: { given.contains($0) && !used.contains($0) }) else { return }
    throw DataSourceError.unusedOption(option: unused, path: path, layout: layout)
  }
}

extension DataDirectoryOptions {
  /// The options that a user has set.
  var given: Set<DataOption> {
    let columns = reading.columns
    let all: [(DataOption, Bool)] = [
      (.format, reading.format != nil), (.imageRoot, reading.imageRoot != nil),
      (.imageSuffix, reading.imageSuffix != nil),
      (.pathColumn, columns.path != nil), (.labelColumn, columns.label != nil), (.splitColumn, columns.split != nil),
      (.testSplit, columns.testValues != nil), (.validationSplit, columns.validationValues != nil),
      (.classNames, classNamesFile != nil), (.relaxedCounts, countCheck == .none), (.trainingList, trainingList != nil),
    ]
    return Set(all.filter(\.1).map(\.0))
  }
}

extension DataLayout {
  /// The options that this layout uses.
  package var usedOptions: Set<DataOption> {
    let ofFiles: Set<DataOption> = [.format, .imageRoot, .imageSuffix, .trainingList]
    let ofTables: Set<DataOption> = [.pathColumn, .labelColumn, .splitColumn, .testSplit, .validationSplit]
    return switch self {
    case .cifar: [.format, .relaxedCounts, .trainingList]
    case .birds, .splitFolders, .classFolders: [.format, .trainingList]
    case .lists: ofFiles.union([.classNames])
    case .tables: ofFiles.union(ofTables).union([.classNames])
    case .iNaturalist: ofFiles
    case .coco: [.format, .imageRoot]
    case .shards: [.format, .classNames, .trainingList]
    }
  }

  /// The name of the layout in messages.
  package var title: String {
    switch self {
    case .cifar: "a CIFAR archive"
    case .birds: "CUB-200-2011 or NABirds"
    case .lists: "image lists"
    case .tables: "a table"
    case .iNaturalist: "a JSON file of labels"
    case .coco: "a JSON file of marked objects"
    case .shards: "tar shards"
    case .splitFolders: "training and test folders"
    case .classFolders: "class folders"
    }
  }
}
