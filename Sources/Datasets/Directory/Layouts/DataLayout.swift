/// The layout of a data set: its format and the files or folders of its splits, before any of them is read.
package enum DataLayout: Sendable, Hashable {
  case cifar(CIFARVariant, folder: String)
  case birds(folder: String)
  case lists(SplitFiles)
  case tables(SplitFiles)
  case iNaturalist(SplitFiles)
  case coco(SplitFiles)
  case shards([DataSplit: [String]])
  case splitFolders(SplitFolders)
  case classFolders

  /// Detects the layout of a folder, or of a training file and the files that belong to it.
  ///
  /// - Parameters:
  ///   - path: a folder or a file.
  ///   - options: the options, which may name the format.
  /// - Returns: also the folder (the one of the file where `path` is a file), and notes for the user on files that are not used.
  /// - Throws: `DataSourceError.unknownLayout` if nothing fits, `.ambiguousLayout` if several files may be the training set, `.unusedOption` for
  ///   an option that the layout cannot use; the first failure of a file that looks like an index of images.
  package static func find(
    _ path: String, options: DataDirectoryOptions
  ) throws -> (layout: DataLayout, folder: String, notes: [String]) {
    let found = try located(path, options)
    try DataOption.check(options.given, used: found.layout.usedOptions, path: path, layout: found.layout.title)
    return found
  }

  private static func located(
    _ path: String, _ options: DataDirectoryOptions
  ) throws -> (layout: DataLayout, folder: String, notes: [String]) {
    guard DirectoryListing.isFile(path) else {
      let finder = LayoutFinder(path: path, listing: try DirectoryListing(of: path), options: options)
      let (layout, notes) = try finder.find()
      return (layout, path, notes)
    }
    guard let layout = try file(path, options) else { throw DataSourceError.notAFolder(path: path) }
    return (layout, path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ".", [])
  }

  /// The layout of a single file, by its suffix.
  private static func file(_ path: String, _ options: DataDirectoryOptions) throws -> DataLayout? {
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
    let files = SplitFiles.siblings(of: path, among: try DirectoryListing(of: folder.isEmpty ? "/" : folder).files)
    switch options.reading.format {
    case .lists: return .lists(files)
    case .csv: return .tables(files)
    case .iNaturalist: return .iNaturalist(files)
    case .coco: return .coco(files)
    case .shards: return .shards([.train: [path]])
    case .cifar, .birds, .folders:
      throw DataSourceError.badSetting(
        name: "--format", value: "\(options.reading.format?.rawValue ?? "")",
        expected: "a format of files: \(path) is a file")
    case nil: break
    }
    switch SplitFiles.suffix(of: path) {
    case "txt", "lst": return .lists(files)
    case "csv", "tsv": return .tables(files)
    case "json": return try AnnotationProbe.contents(of: path) == .objects ? .coco(files) : .iNaturalist(files)
    case "tar": return .shards([.train: [path]])
    default: return nil
    }
  }
}
