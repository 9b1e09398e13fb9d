/// Opens a data set whose layout is known.
struct DataDirectoryOpener {
  /// The path and the options of the user.
  let path: String
  /// The folder of the data set.
  let folder: String
  let options: DataDirectoryOptions
  func open(_ layout: DataLayout) throws -> DataDirectory {
    switch layout {
    case .cifar(let variant, let folder): try openCIFAR(variant, folder)
    case .birds(let folder): try openBirds(folder)
    case .lists(let files): try openLists(files)
    case .tables(let files): try openTables(files)
    case .iNaturalist(let files): try openINaturalist(files)
    case .coco(let files): throw DataSourceError.onlyAnnotations(file: files.train)
    case .shards(let files): try openShards(files)
    case .splitFolders(let folders): try openSplitFolders(folders)
    case .classFolders: try openClassFolders()
    }
  }

  // MARK: Archives

  private func openCIFAR(_ variant: CIFARVariant, _ folder: String) throws -> DataDirectory {
    let archive = try CIFARArchive(variant, folder: folder, countCheck: options.countCheck)
    let kind = variant == .cifar10 ? DataDirectory.Kind.cifar10 : .cifar100
    return try DataDirectory(path: path, kind: kind, training: archive.training, test: archive.test)
  }

  private func openBirds(_ folder: String) throws -> DataDirectory {
    let archive = try BirdArchive(folder: folder)
    let test: IndexedImages? = archive.test.count > 0 ? archive.test : nil
    return try DataDirectory(
      path: path, kind: archive.hierarchy == nil ? .cub200 : .naBirds, training: archive.training, test: test)
  }

  private func openShards(_ files: [DataSplit: [String]]) throws -> DataDirectory {
    let training = try TarShards(files: files[.train] ?? [], classNames: statedClassNames())
    func evaluation(_ split: DataSplit) throws -> TarShards? {
      try files[split].map { try TarShards(files: $0, classNames: training.classNames) }
    }
    let (validation, test) = (try evaluation(.validation), try evaluation(.test))
    let imageless = [training, validation, test].compactMap(\.self).map(\.imagelessCount).reduce(0, +)
    var notes = imageless > 0 ? ["\(imageless) samples have no image and are left out"] : []
    if test == nil && validation == nil { notes.append("no shard's name says 'test' or 'val'") }
    return try DataDirectory(
      path: path, kind: .shards, training: training, validation: validation, test: test, notes: notes)
  }

  // MARK: Lists and tables

  private func openLists(_ files: SplitFiles) throws -> DataDirectory {
    let stated = try statedClassNames()
    var notes: [String] = []
    func list(_ file: String, _ names: [String]?) throws -> ImageList {
      let plain = try ImageList(file: file, root: folder, classNames: names)
      return try rooted(plain, file, &notes)
    }
    let training = try list(files.train, stated)
    func evaluation(_ file: String?) throws -> ImageList? {
      guard let file else { return nil }
      let images = try list(file, training.classNames)
      try ListClasses.check(images, against: training, isStated: stated != nil)
      return images
    }
    let (validation, test) = (try evaluation(files.validation), try evaluation(files.test))
    if test == nil && validation == nil {
      notes.append("there is no list for testing or validation beside \(files.train)")
    }
    return try DataDirectory(
      path: path, kind: .imageLists, training: training, validation: validation, test: test, notes: notes)
  }

  private func openTables(_ files: SplitFiles) throws -> DataDirectory {
    var notes: [String] = []
    let stated = try statedClassNames()
    let values = [options.reading.columns.testValues, options.reading.columns.validationValues]
    for (file, option, value) in [
      (files.test, DataOption.testSplit, values[0]), (files.validation, .validationSplit, values[1]),
    ] {
      guard let file, let value else { continue }
      throw DataSourceError.badSetting(
        name: option.rawValue, value: value.joined(separator: ","), expected: "none: \(file) is such a set")
    }
    func read(_ file: String, _ classNames: [String]?) throws -> ImageTable {
      var columns = options.reading.columns
      if file != files.train { (columns.testValues, columns.validationValues) = (nil, nil) }
      let table = try ImageTable(
        file: file, root: folder, columns: columns, classNames: classNames, needsTraining: file == files.train)
      if table.rowsWithoutPath > 0 {
        notes.append("\(file): \(table.rowsWithoutPath) rows name no image and are left out")
      }
      return table
    }
    let table = try read(files.train, stated)
    guard let training = table.training else { throw DataSourceError.emptyList(file: files.train) }
    func rooted(_ images: IndexedImages?, _ file: String) throws -> IndexedImages? {
      try images.map { try self.rooted($0, file, &notes) }
    }
    func other(_ file: String?, _ part: KeyPath<ImageTable, IndexedImages?>) throws -> IndexedImages? {
      guard let file else { return try rooted(table[keyPath: part], files.train) }
      let table = try read(file, training.classNames)
      // A single table may have a column of splits, or none.
      return try rooted(table[keyPath: part] ?? table.training, file)
    }
    let (validation, test) = (try other(files.validation, \.validation), try other(files.test, \.test))
    if test == nil && validation == nil { notes.append("there is no table, and no split, for testing") }
    return try DataDirectory(
      path: path, kind: .imageTable, training: rooted(training, files.train) ?? training, validation: validation,
      test: test, notes: notes)
  }

  // MARK: iNaturalist

  private func openINaturalist(_ files: SplitFiles) throws -> DataDirectory {
    var notes: [String] = []
    let own = files.train.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(files.train[..<$0]) } ?? "."
    let categories = own + "/categories.json"
    func read(_ file: String) throws -> INaturalistFile {
      let locations = String(file.dropLast(".json".count)) + "_locations.json"
      return try INaturalistFile(
        file: file, root: folder, categoriesFile: DirectoryListing.isFile(categories) ? categories : nil,
        locationsFile: DirectoryListing.isFile(locations) ? locations : nil)
    }
    func rooted(_ file: INaturalistFile) throws -> IndexedImages {
      if file.unlabelledCount > 0 {
        notes.append("\(file.file): \(file.unlabelledCount) images have no class and are left out")
      }
      return try self.rooted(file.images, file.file, &notes)
    }
    let training = try read(files.train)
    // A test file of a competition has no annotations; only one that has them is a test set.
    let test = try files.test.flatMap { try AnnotationProbe.contents(of: $0) == .labels ? $0 : nil }
    let validation = try files.validation.map(read)
    let titles = training.categories.map(\.commonName)
    if validation == nil && test == nil { notes.append("there is no file for validation or testing") }
    return try DataDirectory(
      path: path, kind: .iNaturalist, training: rooted(training), validation: validation.map(rooted),
      test: test.map { try rooted(read($0)) }, notes: notes, classTitles: titles.contains { $0 != nil } ? titles : nil,
      allowsMissingClasses: true)
  }

  // MARK: Folders

  private func openSplitFolders(_ folders: SplitFolders) throws -> DataDirectory {
    var notes: [String] = []
    func read(_ name: String) throws -> ImageFolder {
      let root = path + "/" + name
      let names = try DirectoryListing(of: root).folders
      try checkClasses(root, names, &notes)
      return try ImageFolder(root: root)
    }
    func evaluation(_ name: String?) throws -> ImageFolder? {
      guard let name else { return nil }
      let listing = try DirectoryListing(of: path + "/" + name)
      let count = listing.files.count(where: ImageFolder.hasImageSuffix)
      guard listing.folders.isEmpty, count > 0 else { return try read(name) }
      // Test images of a competition have no classes; `predict` takes them.
      notes.append("\(name)/ holds \(count) images without class folders and is not used")
      return nil
    }
    let training = try read(folders.train)
    let (validation, test) = (try evaluation(folders.validation), try evaluation(folders.test))
    notes += [training, validation, test].compactMap(\.self).flatMap(leftOutNotes)
    if !folders.others.isEmpty { notes.append("folders that are not used: \(folders.others.joined(separator: ", "))") }
    if test == nil && validation == nil { notes.append("there is no test/ or val/ folder with classes") }
    var directory = try DataDirectory(
      path: path, kind: .splitFolders, training: training, validation: validation, test: test, notes: notes,
      allowsMissingClasses: options.allowsMissingEvaluationClasses)
    directory.trainingFolder = folders.train
    return directory
  }

  private func openClassFolders() throws -> DataDirectory {
    var notes: [String] = []
    try checkClasses(path, DirectoryListing(of: path).folders, &notes)
    let training = try ImageFolder(root: path)
    let titles = WordNetNames.read(path + "/README.txt", for: training.classNames)
    notes += leftOutNotes(training) + ["there is no test set; a part of each class can be held out"]
    return try DataDirectory(
      path: path, kind: titles == nil ? .classFolders : .imageNetR, training: training, notes: notes,
      classTitles: titles)
  }

  /// Folders that are no classes are an error, or a note with `--format folders`.
  private func checkClasses(_ path: String, _ folders: [String], _ notes: inout [String]) throws {
    guard let (reason, remedy) = try ClassFolderCheck.problem(path, folders) else { return }
    guard options.reading.format == .folders else {
      throw DataSourceError.noClasses(path: path, names: folders, reason: reason, remedy: remedy)
    }
    notes.append("\(path): read as classes, although \(reason)")
  }

  private func leftOutNotes(_ folder: ImageFolder) -> [String] { folder.leftOut.notes(of: folder.root) }

  // MARK: Names and roots

  private func statedClassNames() throws -> [String]? {
    let besides = ["classes.txt", "class_names.txt"].map { folder + "/" + $0 }.first(where: DirectoryListing.isFile)
    return try (options.classNamesFile ?? besides).map(ImageList.classNames)
  }

  private func rooted<Images: PathTableImages>(
    _ images: Images, _ file: String, _ notes: inout [String]
  ) throws -> Images {
    try ImageRootFinder(options: options, folder: folder).rooted(images, file: file, notes: &notes).images
  }
}
