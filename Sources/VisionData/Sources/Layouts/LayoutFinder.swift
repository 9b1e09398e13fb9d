/// Looks through a folder for the layouts that are known, the most telling first.
struct LayoutFinder {
  let path: String
  let listing: DirectoryListing
  let options: DataDirectoryOptions

  /// - Throws: `DataSourceError.unknownLayout` that names the known ones, `.ambiguousLayout`.
  func find() throws -> DataLayout {
    if let format = options.reading.format {
      guard let layout = try layout(format) else {
        throw DataSourceError.unknownLayout(path: path, found: "nothing of the format '\(format.rawValue)' is here")
      }
      return layout
    }
    for format in [DataFormat.cifar, .birds, .lists, .csv, .iNaturalist, .shards] {
      if let layout = try layout(format) { return layout }
    }
    let folders = try layout(.folders)
    // Class folders may hold anything; a file of marked objects beside a folder of images tells more.
    if folders != .splitFolders, let objects = try layout(.coco) { return objects }
    guard let folders else { throw DataSourceError.unknownLayout(path: path, found: found) }
    return folders
  }

  private func layout(_ format: DataFormat) throws -> DataLayout? {
    switch format {
    case .cifar: try CIFARArchive.locate(path).map { .cifar($0.variant, folder: $0.folder) }
    case .birds: BirdArchive.locate(path, listing).map { .birds(folder: $0) }
    case .lists: try lists.map { .lists($0) }
    case .csv: try tables.map { .tables($0) }
    case .iNaturalist: try annotations(.labels).map { .iNaturalist($0) }
    case .coco: try annotations(.objects).map { .coco($0) }
    case .shards: shards.map { .shards($0) }
    case .folders: try hasSplitFolders ? .splitFolders : listing.folders.isEmpty ? nil : .classFolders
    }
  }

  private var found: String {
    let count = listing.files.count(where: ImageFolder.hasImageSuffix)
    return count > 0 ? "\(count) images, but no class folders" : "no images and no class folders"
  }

  // MARK: Files

  /// `train.txt`, or a single `..._train.txt`, with its siblings.
  private var lists: SplitFiles? {
    get throws {
      var train = "train.txt"
      if !listing.files.contains(train) {
        let named = listing.files.filter { $0.hasSuffix("_train.txt") }
        guard named.count <= 1 else { throw DataSourceError.ambiguousLayout(path: path, candidates: named) }
        guard let only = named.first else { return nil }
        train = only
      }
      return SplitFiles.siblings(of: train, exists: listing.files.contains).below(path)
    }
  }

  /// Tables whose head names paths and classes.
  private var tables: SplitFiles? {
    get throws {
      let files = listing.files.filter { name in
        [".csv", ".tsv"].contains { name.lowercased().hasSuffix($0) }
          && TableHeader.isTable(ImageTable.head(of: path + "/" + name), options.reading.columns)
      }
      return try SplitFiles.among(files, of: path)?.below(path)
    }
  }

  /// JSON files here or in `annotations`; files that only help others are left out by their names.
  private func annotations(_ wanted: AnnotationProbe.Contents) throws -> SplitFiles? {
    let below = listing.folders.contains("annotations") ? try DirectoryListing(of: path + "/annotations").files : []
    let all = listing.files + below.map { "annotations/" + $0 }
    // Sets with a small file an image have thousands; none of those is a whole set.
    let candidates = all.filter { $0.hasSuffix(".json") }
    guard candidates.count <= Self.mostFiles else { return nil }
    let files = candidates.filter { name in
      !Self.helpers.contains(where: name.contains)
        && AnnotationProbe.contents(of: path + "/" + name) == wanted
    }
    return try SplitFiles.among(files, of: path)?.below(path)
  }

  private static let mostFiles = 64
  private static let helpers = [
    "categories.json", "_locations.json", "_bboxes.json", "captions_", "person_keypoints_", "panoptic_", "stuff_",
    "image_info_",
  ]

  // MARK: Archives

  /// Tar files by the split that their names tell; all are for training where none tells it. Beside folders only numbered files count, as
  /// an unpacked archive often stays beside what was in it.
  private var shards: [DataSplit: [String]]? {
    let files = listing.files.filter { name in
      name.hasSuffix(".tar")
        && (listing.folders.isEmpty || options.reading.format == .shards || name.dropLast(4).last?.isNumber == true)
    }
    guard !files.isEmpty else { return nil }
    var result = Dictionary(grouping: files) { SplitFiles.split(of: $0) ?? .train }.mapValues {
      $0.map { path + "/" + $0 }
    }
    if result[.train] == nil { result = [.train: files.map { path + "/" + $0 }] }
    return result
  }

  // MARK: Folders

  static let validationFolders = ["val", "validation", "valid"]

  /// Whether `train/` is a split; it may also be a class, beside cars and ships.
  private var hasSplitFolders: Bool {
    get throws {
      guard listing.folders.contains("train") else { return false }
      if (Self.validationFolders + ["test"]).contains(where: listing.folders.contains) { return true }
      let inside = try DirectoryListing(of: path + "/train")
      return !inside.folders.isEmpty && !inside.files.contains(where: ImageFolder.hasImageSuffix)
    }
  }
}

extension SplitFiles {
  /// The same files with a folder before their names.
  func below(_ folder: String) -> SplitFiles {
    SplitFiles(
      train: folder + "/" + train, validation: validation.map { folder + "/" + $0 },
      test: test.map { folder + "/" + $0 })
  }
}
