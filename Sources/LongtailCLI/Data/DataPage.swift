import Longtail

/// A page about a data set: its counts as a chart, and pictures of the most and the least frequent classes.
enum DataPage {
  /// Classes with pictures at each end.
  private static let classesAtEachEnd = 8
  private static let picturesPerClass = 8
  /// The shorter side of the pictures, in pixels.
  private static let side = 96

  /// The page; pictures that cannot be read are left out.
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
        PictureSection(
          rows(summary, directory.training), title: "Pictures",
          caption: "Training pictures of the most and the least frequent classes."),
      ])
  }

  private static func rows(_ summary: DataSummary, _ images: any ImageSource) -> [PictureSection.Row] {
    let classes = summary.classes.filter { $0.trainingCount > 0 }
    let ends =
      classes.count <= 2 * classesAtEachEnd
      ? classes : Array(classes.prefix(classesAtEachEnd) + classes.suffix(classesAtEachEnd))
    var members: [Int: [Int]] = [:]
    for (index, label) in images.labels.enumerated() { members[label, default: []].append(index) }
    return ends.map { row in
      PictureSection.Row(
        name: row.name, note: "\(row.trainingCount) training images",
        pictures: spread(members[row.index] ?? []).compactMap { picture($0, images) })
    }
  }

  /// Some of the indices, evenly spread.
  private static func spread(_ indices: [Int]) -> [Int] {
    guard indices.count > picturesPerClass else { return indices }
    return (0..<picturesPerClass).map { indices[$0 * indices.count / picturesPerClass] }
  }

  private static func picture(_ index: Int, _ images: any ImageSource) -> PictureSection.Picture? {
    guard let image = try? images.image(at: index, minimumShortSide: side) else { return nil }
    let small = min(image.width, image.height) > side ? image.resizedShortSide(side) : image
    guard let png = try? ImageCodec.encodePNG(small) else { return nil }
    return PictureSection.Picture(png: png)
  }
}
