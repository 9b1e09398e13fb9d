/// Finds the folder that the paths of a list, table or JSON file are relative to.
struct ImageRootFinder {
  let options: DataDirectoryOptions
  /// The folder of the data set.
  let folder: String

  /// The folder that holds one of the first named images: the one that was asked for, the one of the data set, or one below either that or
  /// the file.
  ///
  /// - Returns: also whether an image was found; without one (if that is allowed) the root is the folder.
  /// - Throws: `DataSourceError.noImageRoot`.
  func root(of images: some FileImageSource, file: String) throws -> (root: String, isFound: Bool) {
    var own = file.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(file[..<$0]) } ?? "."
    // COCO keeps its files in a folder of their own, beside those of the images.
    if own.hasSuffix("/annotations") { own = String(own.dropLast("/annotations".count)) }
    var candidates: [String] = []
    for base in options.reading.imageRoot.map({ [$0] }) ?? [folder, own] where !candidates.contains(base) {
      candidates.append(base)
      guard options.reading.imageRoot == nil else { break }
      candidates += ((try? DirectoryListing(of: base))?.folders ?? []).map { base + "/" + $0 }
    }
    // Several images are tried, so that one missing file does not hide the folder.
    let last = images.count - 1
    let probes = Set((0..<16).map { $0 * last / 15 }).sorted().map(images.name)
    for probe in probes {
      if let root = candidates.first(where: { DirectoryListing.isFile($0 + "/" + probe) }) { return (root, true) }
    }
    guard options.allowsMissingImages else {
      throw DataSourceError.noImageRoot(
        list: file, example: probes.first ?? "", searched: Array(candidates.prefix(10)))
    }
    return (options.reading.imageRoot ?? folder, false)
  }
}
