import Datasets
import FileAccess
import Foundation
import ImageCodecs
import LongtailTestSupport
import Serialization
import Testing

/// Damaged annotation files: every outcome is a value or an error that names the file, and none takes long.
@Suite struct MutatedDataTests {
  /// Cases per file format; LONGTAIL_MUTATIONS sets another number.
  private static let cases =
    ProcessInfo.processInfo.environment["LONGTAIL_MUTATIONS"].flatMap { Int($0) } ?? 200

  private struct Outcome {
    var values = 0
    var errors = 0
    var slowest = Duration.zero
  }

  /// Damages one file of a set again and again and opens it each time.
  private func survive(
    _ name: String, _ original: [UInt8], in folder: TemporaryFolder, file: String, _ open: (String) throws -> Void
  ) throws {
    var outcome = Outcome()
    let path = folder.path + "/" + file
    try withRandomCases(Self.cases, name: name) { generator in
      try folder.write(Mutation.apply(to: original, using: &generator), to: file)
      let start = ContinuousClock.now
      do {
        try open(path)
        outcome.values += 1
      } catch let error as DataSourceError {
        #expect(error.description.contains(folder.path), "\(CaseContext.note) \(error)")
        outcome.errors += 1
      } catch let error as SerializationError {
        #expect(error.description.contains(folder.path), "\(CaseContext.note) \(error)")
        outcome.errors += 1
      } catch let error as InputFileError {
        #expect(error.description.contains(folder.path), "\(CaseContext.note) \(error)")
        outcome.errors += 1
      } catch let error as ImageCodecError {
        #expect(error.description.contains(folder.path), "\(CaseContext.note) \(error)")
        outcome.errors += 1
      }
      outcome.slowest = max(outcome.slowest, start.duration(to: .now))
    }
    print("\(name): \(outcome.values) read, \(outcome.errors) refused, slowest \(outcome.slowest)")
    #expect(outcome.errors > 0)
    #expect(outcome.values + outcome.errors == Self.cases)
    #expect(outcome.slowest < .seconds(5))
  }

  @Test func lists() throws {
    let folder = try TemporaryFolder()
    try survive("lists", Array(SmallSets.list.utf8), in: folder, file: "list.txt") { path in
      let list = try ImageList(file: path, root: folder.path)
      #expect(list.labels.allSatisfy(list.classNames.indices.contains))
      _ = (0..<list.count).map(list.name)
    }
  }

  @Test func tables() throws {
    let folder = try TemporaryFolder()
    try survive("tables", Array(SmallSets.table.utf8), in: folder, file: "t.csv") { path in
      let table = try ImageTable(file: path, root: folder.path)
      for images in [table.training, table.validation, table.test].compactMap(\.self) {
        #expect(images.labels.allSatisfy(images.classNames.indices.contains))
        _ = MetadataCoverage(of: images)
      }
    }
  }

  @Test func iNaturalist() throws {
    let folder = try TemporaryFolder()
    try survive("iNaturalist", Array(SmallSets.iNaturalist2021.utf8), in: folder, file: "train.json") { path in
      let file = try INaturalistFile(file: path, root: folder.path)
      #expect(file.images.labels.allSatisfy(file.images.classNames.indices.contains))
      _ = MetadataCoverage(of: file.images)
    }
  }

  @Test func detection() throws {
    let folder = try TemporaryFolder()
    try survive("detection", Array(SmallSets.coco.utf8), in: folder, file: "instances.json") { path in
      let set = try DetectionAnnotations(contentsOf: path)
      #expect(
        set.instances.allSatisfy {
          set.images.indices.contains($0.image) && set.categories.indices.contains($0.category)
        })
      for instance in set.instances {
        if case .mask(let mask) = instance.segmentation { #expect(mask.pixels.count == mask.width * mask.height) }
      }
      _ = DetectionSummary(set)
    }
  }

  @Test func shards() throws {
    let folder = try TemporaryFolder()
    let image = try ImageCodec.encodePNG(PixelImage(width: 2, height: 2, color: .white))
    try survive("shards", SmallSets.shard(image), in: folder, file: "s.tar") { path in
      let images = try TarShards(files: [path], workers: 1)
      #expect(images.labels.allSatisfy(images.classNames.indices.contains))
      for index in 0..<images.count { #expect(try images.contents(at: index).count == images.contentSize(at: index)) }
    }
  }

  @Test func birds() throws {
    let folder = try TemporaryFolder()
    for (name, text) in SmallSets.birds.sorted(by: { $0.key < $1.key }) {
      try folder.writeBirds()
      try survive("birds, \(name)", Array(text.utf8), in: folder, file: "CUB_200_2011/" + name) { _ in
        let archive = try BirdArchive(folder: folder.path + "/CUB_200_2011")
        #expect(archive.training.labels.allSatisfy(archive.training.classNames.indices.contains))
        _ = MetadataCoverage(of: archive.training)
      }
    }
  }

  /// Damaged files are looked at without reading them, too.
  @Test func layouts() throws {
    let folder = try TemporaryFolder()
    let originals = [
      ("train.json", SmallSets.iNaturalist2021), ("instances.json", SmallSets.coco), ("all.csv", SmallSets.table),
    ]
    for (name, text) in originals {
      try survive("layouts, \(name)", Array(text.utf8), in: folder, file: name) { _ in
        let options = DataDirectoryOptions(
          allowsEmptyClasses: true, allowsMissingEvaluationClasses: true, allowsMissingImages: true)
        if try DetectionDirectory.isOne(folder.path, options: options) {
          _ = try DetectionDirectory.open(folder.path, options: options)
        } else {
          _ = DataSummary(try DataDirectory.open(folder.path, options: options))
        }
      }
      try FileManager.default.removeItem(atPath: folder.path + "/" + name)
    }
  }
}
