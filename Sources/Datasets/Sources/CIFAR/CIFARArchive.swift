import ImageCodecs

/// CIFAR-10 or CIFAR-100, read from the binary version of the archive.
///
/// Classes are in the archive's order, CIFAR-100 by its fine labels. Pixels come as `[n, 32, 32, 3]`.
public struct CIFARArchive: Sendable {
  /// The check of image counts.
  public enum CountCheck: Sendable, Hashable {
    /// Every class has as many images as in the published set.
    case published
    /// Any number of images, for thinned or shortened copies; other data than an archive are refused, since nothing would be relaxed.
    case none
    /// As `none`, for programs that open data of any layout.
    case noneOfAnyLayout
  }

  /// CIFAR-10 or CIFAR-100.
  public let variant: CIFARVariant
  /// The folder with the files.
  public let folder: String
  /// The training images, in file order.
  public let training: ResidentImages
  /// The test images, in file order.
  public let test: ResidentImages

  /// Reads an archive.
  ///
  /// - Parameters:
  ///   - path: the folder with the `.bin` files, or the one that holds `cifar-100-binary` or `cifar-10-batches-bin`.
  ///   - countCheck: whether the number of images of each class is checked.
  /// - Throws: `DataSourceError` if a file is missing, is no whole number of records, has a label out of range, or if the counts
  ///   are not the published ones.
  public init(contentsOf path: String, countCheck: CountCheck = .published) throws {
    guard let (variant, folder) = try Self.locate(path) else {
      let wanted = CIFARVariant.cifar100.trainingFiles + CIFARVariant.cifar10.trainingFiles
      throw DataSourceError.incompleteArchive(folder: path, missing: [wanted.joined(separator: " or ")])
    }
    try self.init(variant, folder: folder, countCheck: countCheck)
  }

  init(_ variant: CIFARVariant, folder: String, countCheck: CountCheck) throws {
    let wanted = variant.trainingFiles + variant.testFiles + [variant.namesFile]
    let missing = wanted.filter { !DirectoryListing.isFile(folder + "/" + $0) }
    guard missing.isEmpty else { throw DataSourceError.incompleteArchive(folder: folder, missing: missing) }
    let names = try ImageList.classNames(contentsOf: folder + "/" + variant.namesFile)
    guard names.count == variant.classCount else {
      throw DataSourceError.unexpectedNameCount(
        file: folder + "/" + variant.namesFile, expected: variant.classCount, actual: names.count)
    }
    self.variant = variant
    self.folder = folder
    let reader = CIFARReader(variant: variant, folder: folder, classNames: names)
    training = try reader.read(variant.trainingFiles)
    test = try reader.read(variant.testFiles)
    if countCheck == .published {
      try Self.check(training, expected: variant.trainingImagesPerClass, split: "\(folder), training set")
      try Self.check(test, expected: variant.testImagesPerClass, split: "\(folder), test set")
    }
  }

  /// Finds the archive in a folder or one level below; `nil` when there is none.
  ///
  /// - Throws: `DataSourceError.ambiguousLayout` when both sets are there.
  static func locate(_ path: String) throws -> (variant: CIFARVariant, folder: String)? {
    let here = CIFARVariant.allCases.filter { variant in
      variant.telltaleFiles.contains { DirectoryListing.isFile(path + "/" + $0) }
    }
    let below = CIFARVariant.allCases.filter { DirectoryListing.isFolder(path + "/" + $0.folderName) }
    let found = here.isEmpty ? below.map { ($0, path + "/" + $0.folderName) } : here.map { ($0, path) }
    guard found.count <= 1 else {
      let candidates = (here.isEmpty ? below : here).map { here.isEmpty ? $0.folderName : "\($0.rawValue) files" }
      throw DataSourceError.ambiguousLayout(path: path, candidates: candidates)
    }
    return found.first
  }

  private static func check(_ images: ResidentImages, expected: Int, split: String) throws {
    for (index, count) in images.classCounts.enumerated() where count != expected {
      throw DataSourceError.unexpectedClassCount(
        split: split, className: images.classNames[index], expected: expected, actual: count)
    }
  }
}
