import Longtail

/// The HTML report of a data set: its counts as a chart, and images of the most and the least frequent classes.
enum DataPage {
  /// Classes with images at each end.
  private static let classesAtEachEnd = 8
  private static let imagesPerClass = 8
  /// The shorter edge of the images, in pixels.
  private static let side = 96

  /// The page; images that cannot be read are left out.
  static func page(_ inspection: DataInspection, _ directory: DataDirectory) -> ReportPage {
    let summary = inspection.summary
    let classes = summary.classes.map {
      ClassSection.Category(
        name: $0.name, trainingCount: $0.trainingCount, shotGroup: DataInspection.group(of: $0))
    }
    let groups = inspection.shotGroups.map { "\($0.name): \($0.classCount) classes, \($0.trainingCount) images" }
    return ReportPage(
      title: "Data set", subtitle: summary.path, facts: inspection.factList,
      sections: [
        ClassSection(
          classes, series: [], title: "Classes",
          caption: "Training images of each class, on a logarithmic axis. Shot groups by training images: "
            + "\(DataInspection.rule). \(groups.joined(separator: "; "))."),
        ImageSection(
          rows(summary, directory.training), title: "Images",
          caption: "Training images of the most and the least frequent classes."),
      ])
  }

  private static func rows(_ summary: DataSummary, _ images: any ImageSource) -> [ImageSection.Row] {
    let classes = summary.classes.filter { $0.trainingCount > 0 }
    let ends =
      classes.count <= 2 * classesAtEachEnd
      ? classes : Array(classes.prefix(classesAtEachEnd) + classes.suffix(classesAtEachEnd))
    var members: [Int: [Int]] = [:]
    for (index, label) in images.labels.enumerated() { members[label, default: []].append(index) }
    return ends.map { row in
      ImageSection.Row(
        name: row.name, note: "\(row.trainingCount) training images",
        images: spread(members[row.index] ?? []).compactMap { image($0, images) })
    }
  }

  /// Some of the indices, evenly spread.
  private static func spread(_ indices: [Int]) -> [Int] {
    guard indices.count > imagesPerClass else { return indices }
    return (0..<imagesPerClass).map { indices[$0 * indices.count / imagesPerClass] }
  }

  private static func image(_ index: Int, _ images: any ImageSource) -> ImageSection.Image? {
    guard let image = try? images.image(at: index, minimumShorterEdge: side) else { return nil }
    let small = min(image.width, image.height) > side ? image.resizedShorterEdge(side) : image
    guard let png = try? ImageCodec.encodePNG(small) else { return nil }
    return ImageSection.Image(png: png)
  }
}
