/// Detects folders that are no classes although they lie where class folders are expected.
enum ClassFolderCheck {
  /// Why the folders are no classes, and what to do; nil if they may be classes.
  ///
  /// Looks at as few folders as are needed: one with images in it is a class.
  ///
  /// - Parameters:
  ///   - path: the folder that holds them.
  ///   - folders: their names.
  static func problem(_ path: String, _ folders: [String]) throws -> (reason: String, remedy: String)? {
    if folders.count == 1, let only = folders.first, try SplitFolders.holdsOnlyFolders(path + "/" + only) {
      return ("'\(only)' is the only one, and holds folders itself", "name it: \(path)/\(only)")
    }
    let splits = folders.filter { DataSplit(named: $0) != nil }
    if splits.count == folders.count, folders.count >= 2 {
      return (
        "their names are those of splits, and none or several are for training",
        "name the training folder 'train' and the others 'val' and 'test', or name one of them (\(path)/\(folders[0]))"
      )
    }
    if let split = try splits.first(where: { try SplitFolders.holdsOnlyFolders(path + "/" + $0) }) {
      return (
        "'\(split)' is the name of a split and holds folders, not images",
        "put the classes into 'train' and '\(split)' beside each other, or name the folder with the classes"
      )
    }
    return try sameFolders(path, folders)
  }

  private static func sameFolders(_ path: String, _ folders: [String]) throws -> (reason: String, remedy: String)? {
    guard folders.count >= 2 else { return nil }
    var (common, largest) = (Set<String>(), 0)
    for (position, name) in folders.enumerated() {
      let listing = try DirectoryListing(of: path + "/" + name)
      guard !listing.folders.isEmpty, !listing.files.contains(where: ImageFolder.hasImageSuffix) else { return nil }
      common = position == 0 ? Set(listing.folders) : common.intersection(listing.folders)
      largest = max(largest, listing.folders.count)
      guard 2 * common.count >= largest else { return nil }
    }
    // A folder such as `images` in every class folder is no evidence.
    if let only = common.first, common.count == 1, isFiller(only) { return nil }
    let shared = common.sorted(by: ClassOrder.precedes)
    let some = shared.prefix(4).map { "'\($0)'" }.joined(separator: ", ") + (shared.count > 4 ? ", ..." : "")
    if shared.allSatisfy({ DataSplit(named: $0) != nil }) {
      return (
        "each of them holds the splits \(some)",
        "put the splits outside and the classes inside, as in \(path)/\(shared[0])/\(folders[0])"
      )
    }
    return (
      "all of them hold folders of the same names (\(some)), and those look like the classes",
      "name one of them (\(path)/\(folders[0])), or read the outer folders as classes with --format folders"
    )
  }

  private static func isFiller(_ name: String) -> Bool {
    ["images", "image", "imgs", "img", "photos", "images", "jpg", "jpeg", "png", "raw", "data", "files"].contains(
      name.lowercased())
  }
}
