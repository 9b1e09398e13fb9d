import Longtail

/// Samples of the drawn pictures for the demo's page: frequent, middling and rare classes.
enum DemoPictures {
  static func section(_ data: DataDirectory) throws -> PictureSection {
    let counts = data.training.classCounts
    let order = counts.indices.sorted { counts[$0] > counts[$1] }
    let rows = try order.map { label in
      PictureSection.Row(
        name: data.classNames[label], note: "\(counts[label]) training pictures",
        pictures: try samples(of: label, in: data.training, count: 8))
    }
    return PictureSection(
      rows, title: "Training pictures", caption: "Up to eight of each class, the most frequent class first.")
  }

  private static func samples(of label: Int, in source: any ImageSource, count: Int) throws -> [PictureSection.Picture]
  {
    let indices = source.labels.indices.filter { source.labels[$0] == label }.prefix(count)
    return try indices.map { PictureSection.Picture(png: try ImageCodec.encodePNG(source.image(at: $0))) }
  }
}
