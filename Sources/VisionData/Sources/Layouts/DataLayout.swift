/// Where the parts of a data set are, before any of them is read.
enum DataLayout: Sendable, Hashable {
  case cifar(CIFARVariant, folder: String)
  case birds(folder: String)
  case lists(SplitFiles)
  case tables(SplitFiles)
  case iNaturalist(SplitFiles)
  case coco(SplitFiles)
  case shards([DataSplit: [String]])
  case splitFolders
  case classFolders

  /// Finds the layout of a folder, or of what belongs to a training file.
  ///
  /// - Parameters:
  ///   - path: a folder or a file.
  ///   - options: a format, where one is asked for.
  /// - Returns: also the folder; the one of the file where `path` is a file.
  /// - Throws: `DataSourceError.unknownLayout` if nothing fits, `.ambiguousLayout` if several files may be the training set.
  static func find(_ path: String, options: DataDirectoryOptions) throws -> (layout: DataLayout, folder: String) {
    if DirectoryListing.isFile(path), let layout = file(path, options) {
      return (layout, path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? ".")
    }
    let finder = LayoutFinder(path: path, listing: try DirectoryListing(of: path), options: options)
    return (try finder.find(), path)
  }

  /// The layout that a single file tells by its suffix.
  private static func file(_ path: String, _ options: DataDirectoryOptions) -> DataLayout? {
    let files = SplitFiles.siblings(of: path, exists: DirectoryListing.isFile)
    let suffix = path.utf8.lastIndex(of: UInt8(ascii: ".")).map { path[path.utf8.index(after: $0)...].lowercased() }
    switch options.reading.format {
    case .lists: return .lists(files)
    case .csv: return .tables(files)
    case .iNaturalist: return .iNaturalist(files)
    case .coco: return .coco(files)
    case .shards: return .shards([.train: [path]])
    default: break
    }
    switch suffix {
    case "txt": return .lists(files)
    case "csv", "tsv": return .tables(files)
    case "json": return AnnotationProbe.contents(of: path) == .objects ? .coco(files) : .iNaturalist(files)
    case "tar": return .shards([.train: [path]])
    default: return nil
    }
  }
}
