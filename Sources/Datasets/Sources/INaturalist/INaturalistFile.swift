/// One JSON file of an iNaturalist competition (2017, 2018 or 2021) or of camera traps: images, each with one class.
///
/// The file is read once from start to end; its parts may come in any order. Identifiers are numbers or texts. Classes are in the order
/// of their identifiers.
public struct INaturalistFile: Sendable {
  /// The file.
  public let file: String
  /// The classes, in index order.
  public let categories: [TaxonCategory]
  /// The images that have a class, in the order of the file.
  public let images: IndexedImages
  /// The identifier of each image in the file.
  public let imageIDs: [RecordIdentifier]
  /// Images of the file that no annotation names; they are left out.
  public let unlabelledCount: Int

  /// Reads a file; no image is opened.
  ///
  /// - Parameters:
  ///   - file: the JSON file.
  ///   - root: the folder that its `file_name`s are relative to.
  ///   - categoriesFile: the list that replaces the numbers that stand for names in the 2018 files.
  ///   - locationsFile: the extra file of coordinates and dates of 2017 and 2018.
  /// - Throws: `DataSourceError.malformed` with line and column; `.onlyAnnotations` for a file that marks several objects in an image.
  public init(file: String, root: String, categoriesFile: String? = nil, locationsFile: String? = nil) throws {
    var contents = try INaturalistContents(contentsOf: file)
    if let categoriesFile {
      try contents.rename(by: TaxonCategory.list(contentsOf: categoriesFile), from: categoriesFile)
    }
    if let locationsFile { try contents.locate(by: locationsFile) }
    let labels = try contents.labels()
    let kept = labels.indices.filter { labels[$0] >= 0 }
    guard !kept.isEmpty else {
      throw DataSourceError.malformed(
        file: file, place: "annotations",
        problem: "no image has a class (\(labels.count) images, "
          + "\(contents.annotationCount) annotations); test files without annotations cannot be used")
    }
    self.file = file
    categories = contents.categories
    unlabelledCount = labels.count - kept.count
    images = try contents.images(kept, labels: labels, root: root)
    imageIDs = kept.count == labels.count ? contents.imageIDs : kept.map { contents.imageIDs[$0] }
  }
}
