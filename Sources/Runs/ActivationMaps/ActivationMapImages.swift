import Datasets
import Foundation
import ImageCodecs
import LongtailMethods
import ModelTraining
import RunRecords
import Serialization
import Torch
import VisionModels

/// Test images with the activation maps of their own class laid over them, before and after calibration, for a run's report.
struct ActivationMapImages {
  private static let classesAtEachEnd = 3
  private static let imagesPerClass = 2
  /// The side of an image in the report, in pixels.
  private static let side = 64

  let model: any ActivationMapping
  let preprocessing: Preprocessing
  let classes: ClassDistribution

  /// Ends the walk through the images once all are found.
  private struct Done: Error {}

  /// Writes images of the most and the least frequent classes, and what belongs together.
  func write(_ images: any TrainingImages, to folder: RunFolder) throws {
    try FileManager.default.createDirectory(atPath: folder.activationMapsPath, withIntermediateDirectories: true)
    model.setTraining(false)
    var wanted = chosen(images.hostLabels)
    var entries: [ActivationMapEntry] = []
    do {
      try images.forEachBatch(of: 500) { batch, start in
        let inside = wanted.filter { (start..<start + batch.shape[0]).contains($0) }
        for index in inside {
          let image = try batch.narrowed(axis: 0, start: index - start, count: 1)
          entries.append(try entry(image, label: Int(images.hostLabels[index]), number: index, folder))
        }
        wanted.subtract(inside)
        if wanted.isEmpty { throw Done() }
      }
    } catch is Done {}
    entries.sort { ($0.trainingCount, $1.name, $0.image) > ($1.trainingCount, $0.name, $1.image) }
    try JSONFile.write(entries, to: folder.activationMapsPath + "/index.json")
  }

  /// The first images of the classes at both ends.
  private func chosen(_ labels: [Int32]) -> Set<Int> {
    let present = Set(labels.map(Int.init))
    let order = classes.counts.indices.filter(present.contains)
      .sorted { (classes.counts[$0], $1) > (classes.counts[$1], $0) }
    let ends =
      order.count <= 2 * Self.classesAtEachEnd
      ? order : Array(order.prefix(Self.classesAtEachEnd) + order.suffix(Self.classesAtEachEnd))
    return Set(
      ends.flatMap { label in labels.indices.filter { labels[$0] == Int32(label) }.prefix(Self.imagesPerClass) })
  }

  private func entry(_ image: Tensor, label: Int, number: Int, _ folder: RunFolder) throws -> ActivationMapEntry {
    let maps = try withoutGradients { try model.activationMaps(preprocessing.normalization(image)) }
    func values(_ map: Tensor) throws -> [Double] { try map.narrowed(axis: 1, start: label, count: 1).doubles() }
    let (plain, calibrated) = (try values(maps.plain), try values(maps.calibrated))
    // One scale for both, or a map that is only fainter would look the same.
    let all = plain + calibrated
    let (low, high) = (all.min() ?? 0, all.max() ?? 1)
    func shares(_ map: [Double]) -> [Double] { map.map { ($0 - low) / max(high - low, 1e-12) } }
    let bytes = try image.integers().map { UInt8(clamping: $0) }
    let image = PixelImage(width: image.shape[2], height: image.shape[1], pixels: bytes).resizedShorterEdge(Self.side)
    let (rows, columns) = (maps.plain.shape[2], maps.plain.shape[3])
    func write(_ image: PixelImage, _ kind: String) throws -> String {
      let name = "\(number)-\(kind).png"
      try Data(ImageCodec.encodePNG(image)).write(to: URL(fileURLWithPath: folder.activationMapsPath + "/" + name))
      return name
    }
    return ActivationMapEntry(
      name: classes.names[label], trainingCount: classes.counts[label], image: try write(image, "image"),
      before: try write(HeatOverlay(shares(plain), rows: rows, columns: columns).over(image), "before"),
      after: try write(HeatOverlay(shares(calibrated), rows: rows, columns: columns).over(image), "after"))
  }
}
