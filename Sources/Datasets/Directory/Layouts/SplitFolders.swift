/// The folders of the splits of a data set: `train/` and `test/`, `Training/` and `Testing/`, `train_set/` and `valid/`.
package struct SplitFolders: Sendable, Hashable {
  var train: String
  var validation: String?
  var test: String?
  /// Folders beside them, which are not used.
  var others: [String] = []

  /// The split folders in a folder; nil where there are none.
  ///
  /// A folder named like a training set may also be a class, beside cars and ships: alone it counts as a split only when it holds folders
  /// and no images.
  ///
  /// - Throws: `DataSourceError.ambiguousLayout` if two folders are named like one split, or a training folder may be a class as well.
  static func find(in listing: DirectoryListing, of path: String) throws -> SplitFolders? {
    let splits = DataSplit.splits(of: listing.folders)
    let named = Dictionary(grouping: listing.folders) { splits[$0] }
    guard let train = named[.train]?.first else { return nil }
    let others = named[nil] ?? []
    let (validation, test) = (named[.validation]?.first, named[.test]?.first)
    guard validation != nil || test != nil else {
      guard named[.train]?.count == 1, try holdsOnlyFolders(path + "/" + train) else { return nil }
      guard try !others.contains(where: { try holdsImages(path + "/" + $0) }) else {
        throw DataSourceError.noClasses(
          path: path, names: [train] + others,
          reason: "'\(train)' may be the training set or a class",
          remedy: "name the folder with the classes (\(path)/\(train)), move the others away, or rename '\(train)'")
      }
      return SplitFolders(train: train, others: others)
    }
    for split in DataSplit.allCases {
      guard let folders = named[split], folders.count > 1 else { continue }
      throw DataSourceError.ambiguousLayout(path: path, candidates: folders.map { $0 + "/" })
    }
    return SplitFolders(train: train, validation: validation, test: test, others: others)
  }

  static func holdsOnlyFolders(_ path: String) throws -> Bool {
    let listing = try DirectoryListing(of: path)
    return !listing.folders.isEmpty && !listing.files.contains(where: ImageFolder.hasImageSuffix)
  }

  private static func holdsImages(_ path: String) throws -> Bool {
    let listing = try DirectoryListing(of: path)
    if listing.files.contains(where: ImageFolder.hasImageSuffix) { return true }
    return try listing.folders.contains { name in
      try DirectoryListing(of: path + "/" + name).files.contains(where: ImageFolder.hasImageSuffix)
    }
  }
}
