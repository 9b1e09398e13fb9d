extension DataDirectory {
  /// Opens a folder in any of the known layouts, tried in this order: CIFAR binary files, lists, train and test folders, class
  /// folders.
  ///
  /// - Throws: `DataSourceError` that says what is wrong and which layouts are known; `ImageCodecError` if a list cannot be read.
  ///   No image is opened.
  public static func open(_ path: String, options: DataDirectoryOptions = .init()) throws -> DataDirectory {
    let listing = try DirectoryListing(of: path)
    let directory = try openKnown(path, listing, options)
    let used = directory.training.classCounts.filter { $0 > 0 }
    guard directory.classNames.count >= 2, used.count >= 2 || options.allowsEmptyClasses else {
      throw DataSourceError.tooFewClasses(path: path, names: directory.classNames.prefix(1).map(\.self))
    }
    var result = directory
    if let list = options.trainingList {
      let prefix = directory.kind == .splitFolders ? "train/" : ""
      let selected = try IndexList.select(list, from: directory.training, prefix: prefix)
      result = try directory.selectingTraining(selected.originalIndices)
    }
    let empty = result.training.emptyClasses
    guard empty.isEmpty || options.allowsEmptyClasses else {
      throw DataSourceError.emptyClasses(path: path, names: empty.map { result.classNames[$0] })
    }
    return result
  }

  private static func openKnown(
    _ path: String, _ listing: DirectoryListing, _ options: DataDirectoryOptions
  ) throws -> DataDirectory {
    if let (variant, folder) = try CIFARArchive.locate(path) {
      let archive = try CIFARArchive(variant, folder: folder, countCheck: options.countCheck)
      let kind = variant == .cifar10 ? Kind.cifar10 : .cifar100
      return try DataDirectory(path: path, kind: kind, training: archive.training, test: archive.test)
    }
    if let lists = try listFiles(path, listing) { return try openLists(path, lists, listing, options) }
    if try hasSplitFolders(path, listing) { return try openSplitFolders(path, listing, options) }
    return try openClassFolders(path, listing)
  }

  // MARK: Lists

  private typealias ListFiles = (train: String, validation: String?, test: String?)

  /// `train.txt`, or a single `..._train.txt`, with its siblings.
  private static func listFiles(_ path: String, _ listing: DirectoryListing) throws -> ListFiles? {
    var stem = ""
    if !listing.files.contains("train.txt") {
      let named = listing.files.filter { $0.hasSuffix("_train.txt") }
      guard named.count <= 1 else { throw DataSourceError.ambiguousLayout(path: path, candidates: named) }
      guard let only = named.first else { return nil }
      stem = String(only.dropLast("train.txt".count))
    }
    func sibling(_ names: [String]) -> String? { names.map { stem + $0 }.first(where: listing.files.contains) }
    return (stem + "train.txt", sibling(["val.txt", "validation.txt"]), sibling(["test.txt"]))
  }

  private static func openLists(
    _ path: String, _ files: ListFiles, _ listing: DirectoryListing, _ options: DataDirectoryOptions
  ) throws -> DataDirectory {
    let besides = ["classes.txt", "class_names.txt"].first(where: listing.files.contains).map { path + "/" + $0 }
    let stated = try (options.classNamesFile ?? besides).map(ImageList.classNames)
    func list(_ file: String, _ names: [String]?) throws -> ImageList {
      let plain = try ImageList(file: path + "/" + file, root: path, classNames: names)
      let root = try imageRoot(of: plain, listing)
      return root == path ? plain : try ImageList(file: path + "/" + file, root: root, classNames: names)
    }
    let training = try list(files.train, stated)
    func evaluation(_ file: String?) throws -> ImageList? {
      guard let file else { return nil }
      let images = try list(file, training.classNames)
      try checkFolders(of: images, against: training, isStated: stated != nil)
      return images
    }
    let (validation, test) = (try evaluation(files.validation), try evaluation(files.test))
    var notes: [String] = []
    if test == nil && validation == nil { notes.append("there is no test.txt or val.txt") }
    return try DataDirectory(
      path: path, kind: .imageLists, training: training, validation: validation, test: test, notes: notes)
  }

  /// The folder of the list, or the folder beside it that holds the first image of the list.
  private static func imageRoot(of list: ImageList, _ listing: DirectoryListing) throws -> String {
    let candidates = [list.root] + listing.folders.map { list.root + "/" + $0 }
    // A few images are tried, so that one missing file does not hide the folder.
    let probes = [0, list.count / 2, list.count - 1].map(list.name)
    for probe in probes {
      if let root = candidates.first(where: { DirectoryListing.isFile($0 + "/" + probe) }) { return root }
    }
    throw DataSourceError.noImageRoot(
      list: list.file, example: probes[0], searched: Array(candidates.prefix(10)))
  }

  /// Lists share their numbering, but nothing in them says so: where folders tell the classes, they must tell the same.
  private static func checkFolders(of list: ImageList, against training: ImageList, isStated: Bool) throws {
    guard !isStated else { return }
    let own = try ImageList(file: list.file, root: list.root).classNames
    let isNumbered = { (names: [String]) in names.allSatisfy { Int($0) != nil } }
    guard !isNumbered(own), !isNumbered(training.classNames) else { return }
    let used = list.classCounts
    for label in own.indices where used[label] > 0 && training.classCounts[label] > 0 {
      guard own[label] == training.classNames[label] else {
        throw DataSourceError.differingClass(
          file: list.file, label: label, name: own[label], trainingName: training.classNames[label])
      }
    }
  }

  // MARK: Folders

  private static let validationFolders = ["val", "validation", "valid"]

  /// Whether `train/` is a split; it may also be a class, beside cars and ships.
  private static func hasSplitFolders(_ path: String, _ listing: DirectoryListing) throws -> Bool {
    guard listing.folders.contains("train") else { return false }
    if (validationFolders + ["test"]).contains(where: listing.folders.contains) { return true }
    let inside = try DirectoryListing(of: path + "/train")
    return !inside.folders.isEmpty && !inside.files.contains(where: ImageFolder.hasImageSuffix)
  }

  private static func openSplitFolders(
    _ path: String, _ listing: DirectoryListing, _ options: DataDirectoryOptions
  ) throws -> DataDirectory {
    func split(_ names: [String]) throws -> ImageFolder? {
      try names.first(where: listing.folders.contains).map { try ImageFolder(root: path + "/" + $0) }
    }
    let training = try ImageFolder(root: path + "/train")
    let validation = try split(validationFolders)
    let test = try split(["test"])
    var notes = [training, validation, test].compactMap(\.self).flatMap(ignoredNote)
    if test == nil && validation == nil { notes.append("there is no test/ or val/ folder") }
    return try DataDirectory(
      path: path, kind: .splitFolders, training: training, validation: validation, test: test, notes: notes,
      allowsMissingClasses: options.allowsMissingEvaluationClasses)
  }

  private static func openClassFolders(_ path: String, _ listing: DirectoryListing) throws -> DataDirectory {
    guard !listing.folders.isEmpty else {
      let count = listing.files.filter(ImageFolder.hasImageSuffix).count
      let found = count > 0 ? "\(count) images, but no class folders" : "no images and no class folders"
      throw DataSourceError.unknownLayout(path: path, found: found)
    }
    let training = try ImageFolder(root: path)
    let notes = ignoredNote(training) + ["there is no test set; a part of each class can be held out"]
    return try DataDirectory(path: path, kind: .classFolders, training: training, notes: notes)
  }

  private static func ignoredNote(_ folder: ImageFolder) -> [String] {
    guard let first = folder.ignoredFiles.first else { return [] }
    return ["\(folder.root): \(folder.ignoredFiles.count) files are no images and are ignored (first: \(first))"]
  }
}
