import Longtail

/// Samples of the synthetic images for the demo's page: frequent, middling and rare classes.
enum DemoImages {
  static func section(_ data: DataDirectory) throws -> ImageSection {
    let counts = data.training.classCounts
    let order = counts.indices.sorted { counts[$0] > counts[$1] }
    let rows = try order.map { label in
      ImageSection.Row(
        name: data.classNames[label], note: "\(counts[label]) training images",
        images: try samples(of: label, in: data.training, count: 8))
    }
    return ImageSection(
      rows, title: "Training images", caption: "Up to eight of each class, the most frequent class first.")
  }

  private static func samples(of label: Int, in source: any ImageSource, count: Int) throws -> [ImageSection.Image] {
    let indices = source.labels.indices.filter { source.labels[$0] == label }.prefix(count)
    return try indices.map { ImageSection.Image(png: try ImageCodec.encodePNG(source.image(at: $0))) }
  }
}
