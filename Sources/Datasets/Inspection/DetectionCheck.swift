/// Checks the annotations of a detection data set and every image that exists.
public enum DetectionCheck {
  /// The findings.
  public struct Report: Sendable, Hashable, Codable {
    /// One annotation file.
    public struct Split: Sendable, Hashable, Codable {
      /// `train`, `validation` or `test`.
      public var name: String
      /// The annotation file.
      public var file: String
      /// The folder with the images; absent where none was found; images are not checked then.
      public var imageRoot: String?
      /// Images that the file names.
      public var imageCount: Int
      /// Objects, crowds included.
      public var instanceCount: Int
      /// Images whose files are not there.
      public var missing: DataCheckReport.Finding
      /// Images that cannot be decoded.
      public var unreadable: DataCheckReport.Finding
      /// Images of another size than the file states: their boxes are wrong.
      public var wrongSize: DataCheckReport.Finding
      /// Groups of images with equal bytes.
      public var duplicates: DataCheckReport.Finding
      /// Inconsistencies of the file.
      public var findings: [DetectionFinding]
    }

    /// The folder that was checked.
    public var path: String
    /// The files.
    public var splits: [Split]
    /// Images with equal bytes in two splits.
    public var sharedBetweenSplits: DataCheckReport.Finding

    /// Whether every image can be read and has the stated size.
    public var isUsable: Bool {
      splits.allSatisfy { $0.missing.count + $0.unreadable.count + $0.wrongSize.count == 0 }
    }
  }

  /// Reads and decodes every image of every split whose images were found.
  ///
  /// - Parameters:
  ///   - directory: the set.
  ///   - workers: number of threads; by default one per processor core. The report does not depend on it.
  ///   - progress: called repeatedly with the number of finished images of all splits.
  public static func run(
    _ directory: DetectionDirectory, workers: Int? = nil, progress: DataProgress? = nil
  ) throws -> Report {
    let looked = directory.splits.filter { $0.imageRoot != nil }
    let total = looked.map(\.annotations.images.count).reduce(0, +)
    var done = 0
    var examined: [(name: String, images: any ImageSource, results: [DataCheck.ImageInspection])] = []
    var splits: [Report.Split] = []
    for (split, annotations, root) in directory.splits {
      let before = done
      let images = try annotations.imageFiles(root: root ?? "")
      let results =
        root == nil ? [] : DataCheck.examine(images, workers: workers) { count, _ in progress?(before + count, total) }
      if root != nil {
        examined.append((split.rawValue, images, results))
        done += images.count
      }
      splits.append(self.split(split, annotations, root, images, results))
    }
    return Report(path: directory.path, splits: splits, sharedBetweenSplits: .init(DataCheck.shared(examined)))
  }

  private static func split(
    _ split: DataSplit, _ annotations: DetectionAnnotations, _ root: String?, _ images: IndexedImages,
    _ results: [DataCheck.ImageInspection]
  ) -> Report.Split {
    let wrong = zip(annotations.images, results).compactMap { image, result -> String? in
      guard let size = result.size, size != (image.width, image.height) else { return nil }
      return "\(image.fileName): \(size.width) x \(size.height) pixels, stated are \(image.width) x \(image.height)"
    }
    let groups = DataCheck.duplicateGroups(results).map { $0.map(images.name).joined(separator: " = ") }
    return Report.Split(
      name: split.rawValue, file: annotations.file, imageRoot: root, imageCount: annotations.images.count,
      instanceCount: annotations.instances.count,
      missing: .init(results.filter(\.isMissing).compactMap(\.problem)),
      unreadable: .init(results.filter { !$0.isMissing }.compactMap(\.problem)), wrongSize: .init(wrong),
      duplicates: .init(groups), findings: annotations.findings)
  }
}
