/// A detection data set on disk: annotation files, and the images where they are found.
public struct DetectionDirectory: Sendable {
  /// The path that was opened.
  public let path: String
  /// The splits, with the folder that holds the images of each; absent where none was found.
  public let splits: [(split: DataSplit, annotations: DetectionAnnotations, imageRoot: String?)]

  /// Whether a folder or file is a detection set rather than one of images with a label each.
  ///
  /// - Throws: `DataSourceError` if there is no such folder, or no known layout.
  public static func isOne(_ path: String, options: DataDirectoryOptions = .init()) throws -> Bool {
    if case .coco = try DataLayout.find(path, options: options).layout { return true }
    return false
  }

  /// Opens a set; no image is opened.
  ///
  /// - Throws: `DataSourceError.malformed` as `DetectionAnnotations`; `.unknownLayout` if there is no annotation file.
  public static func open(
    _ path: String, options: DataDirectoryOptions = .init(), outlines: DetectionAnnotations.Outlines = .kept
  ) throws -> DetectionDirectory {
    let (layout, folder, _) = try DataLayout.find(path, options: options)
    guard case .coco(let files) = layout else {
      throw DataSourceError.unknownLayout(path: path, found: "no file of marked objects (COCO or LVIS)")
    }
    let named =
      [(DataSplit.train, files.train)]
      + [(.validation, files.validation), (.test, files.test)].compactMap { split, file in file.map { (split, $0) } }
    var options = options
    options.allowsMissingImages = true
    let finder = ImageRootFinder(options: options, folder: folder)
    let splits = try named.map { split, file in
      let annotations = try DetectionAnnotations(contentsOf: file, outlines: outlines)
      // What differs between paths and files is seen by looking at the images; here only their folder is wanted.
      var notes: [String] = []
      let (images, isFound) = try finder.rooted(annotations.imageFiles(root: folder), file: file, notes: &notes)
      return (split: split, annotations: annotations, imageRoot: isFound ? images.root : nil)
    }
    return DetectionDirectory(path: path, splits: splits)
  }
}

extension DetectionAnnotations {
  /// The images as files, all of one class: what finds and checks files needs no more.
  func imageFiles(root: String) throws -> IndexedImages {
    var paths = PathTable()
    for image in images { try paths.append(image.fileName) }
    paths.finish()
    return IndexedImages(
      root: root, classNames: ["image"], labels: Array(repeating: 0, count: images.count), paths: paths)
  }
}
