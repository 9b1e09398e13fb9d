import Crypto
import ImageCodecs
import Synchronization

/// Checks every image of a data set: missing and unreadable files, exact duplicates, empty and tiny classes, gaps in the labels.
public enum DataCheck {
  /// The number of examples that a finding lists.
  public static let exampleLimit = 10

  /// Reads and decodes every image of every split.
  ///
  /// - Parameters:
  ///   - directory: the data; open it with `allowsEmptyClasses` to have those reported here.
  ///   - workers: number of threads; by default one per processor core. The report does not depend on it.
  ///   - progress: called repeatedly with the number of finished images of all splits.
  public static func run(
    _ directory: DataDirectory, workers: Int? = nil, progress: DataProgress? = nil
  ) -> DataCheckReport {
    let total = directory.splits.map(\.images.count).reduce(0, +)
    var done = 0
    var examined: [(name: String, images: any ImageSource, results: [ImageInspection])] = []
    for (name, images) in directory.splits {
      let before = done
      let results = examine(images, workers: workers) { count, _ in progress?(before + count, total) }
      examined.append((name, images, results))
      done += images.count
    }
    return DataCheckReport(
      path: directory.path, kind: directory.kind,
      splits: examined.map { split($0.name, $0.images, $0.results) },
      sharedBetweenSplits: .init(shared(examined)), notes: directory.notes)
  }

  /// The result of reading and decoding one image.
  struct ImageInspection: Sendable {
    var digest: SHA256Digest?
    var problem: String?
    var isMissing = false
    /// The decoded size in pixels.
    var size: (width: Int, height: Int)?
  }

  /// Reads, hashes and decodes every image.
  static func examine(_ images: any ImageSource, workers: Int?, progress: @escaping DataProgress) -> [ImageInspection] {
    let results = Mutex([ImageInspection](repeating: ImageInspection(), count: images.count))
    WorkerPool.forEach(images.count, workers: workers ?? WorkerPool.defaultWorkers, progress: progress) { index in
      let result = examine(images, at: index)
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0 }
  }

  private static func examine(_ images: any ImageSource, at index: Int) -> ImageInspection {
    var result = ImageInspection()
    do {
      let contents = try images.contents(at: index)
      result.digest = SHA256.hash(data: contents)
      let image = try images.image(from: contents, at: index)
      result.size = (image.width, image.height)
    } catch {
      result.problem = String(describing: error)
      result.isMissing = (error as? ImageCodecError)?.reason == .missing
    }
    return result
  }

  private static func split(
    _ name: String, _ images: any ImageSource, _ results: [ImageInspection]
  ) -> DataCheckReport.Split {
    let counts = images.classCounts
    let labels = images.labels
    let groups = duplicateGroups(results)
    func text(_ group: [Int]) -> String { group.map(images.name).joined(separator: " = ") }
    func labelled(_ group: [Int]) -> String {
      group.map { "\(images.name(at: $0)) (\(images.classNames[labels[$0]]))" }.joined(separator: " = ")
    }
    let isContradiction = { (group: [Int]) in Set(group.map { labels[$0] }).count > 1 }
    let classes = { (count: Int) in counts.indices.filter { counts[$0] == count }.map { images.classNames[$0] } }
    return DataCheckReport.Split(
      name: name, imageCount: images.count, missing: .init(results.filter(\.isMissing).compactMap(\.problem)),
      unreadable: .init(results.filter { !$0.isMissing }.compactMap(\.problem)),
      duplicates: .init(groups.filter { !isContradiction($0) }.map(text)),
      contradictions: .init(groups.filter(isContradiction).map(labelled)),
      emptyClasses: .init(classes(0)), singleImageClasses: .init(classes(1)), labelGaps: .init(gaps(counts)))
  }

  /// Groups of at least two images with equal bytes, in order of their first image.
  static func duplicateGroups(_ results: [ImageInspection]) -> [[Int]] {
    var byDigest: [SHA256Digest: [Int]] = [:]
    for (index, result) in results.enumerated() {
      if let digest = result.digest { byDigest[digest, default: []].append(index) }
    }
    return byDigest.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  /// Runs of empty classes between the first and the last used one.
  private static func gaps(_ counts: [Int]) -> [String] {
    let used = counts.indices.filter { counts[$0] > 0 }
    return zip(used, used.dropFirst()).filter { $1 - $0 > 1 }.map { before, after in
      after - before == 2 ? "\(before + 1)" : "\(before + 1)-\(after - 1)"
    }
  }

  static func shared(
    _ splits: [(name: String, images: any ImageSource, results: [ImageInspection])]
  ) -> [String] {
    var first: [SHA256Digest: (split: Int, index: Int)] = [:]
    var found: [String] = []
    for (position, split) in splits.enumerated() {
      for (index, result) in split.results.enumerated() {
        guard let digest = result.digest else { continue }
        guard let other = first[digest] else {
          first[digest] = (position, index)
          continue
        }
        guard other.split != position else { continue }
        let earlier = splits[other.split]
        found.append(
          "\(earlier.name) \(earlier.images.name(at: other.index)) = \(split.name) \(split.images.name(at: index))")
      }
    }
    return found
  }
}
