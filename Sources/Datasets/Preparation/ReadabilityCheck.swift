import Synchronization

/// Checks before training that the images of a source can be read.
public enum ReadabilityCheck {
  /// How much of an image is read.
  public enum Depth: Sendable {
    /// The file exists and its header is valid: about ten thousand images per second.
    case header
    /// The whole image can be decoded: about a hundred images per second and core.
    case pixels
  }

  /// The images that cannot be read, in the order of the source; the result does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - source: the images.
  ///   - depth: how much of each image is read.
  ///   - workers: number of threads; by default one per processor core.
  ///   - progress: called repeatedly with the number of finished images.
  public static func unreadable(
    in source: any ImageSource, depth: Depth, workers: Int? = nil, progress: DataProgress? = nil
  ) -> [UnreadableImage] {
    guard !source.isResident else { return [] }
    let failures = Mutex<[UnreadableImage]>([])
    WorkerPool.forEach(source.count, workers: workers ?? WorkerPool.defaultWorkers, progress: progress) { index in
      do {
        switch depth {
        case .header: _ = try source.imageSize(at: index)
        case .pixels: _ = try source.image(at: index, minimumShorterEdge: 1)
        }
      } catch {
        let failure = UnreadableImage(
          index: index, name: source.name(at: index), reason: String(describing: error))
        failures.withLock { $0.append(failure) }
      }
    }
    return failures.withLock { $0.sorted { $0.index < $1.index } }
  }

  /// The images that can be read.
  ///
  /// - Parameters:
  ///   - source: the images.
  ///   - skipsUnreadable: whether others are left out, after all have been decoded; else they are an error.
  ///   - workers: number of threads; by default one per processor core.
  ///   - progress: called repeatedly with the number of finished images.
  /// - Returns: the source, or a selection of it, and what was left out.
  /// - Throws: `DataSourceError.unreadableImages` with the number of all and the first ten of them.
  public static func readable(
    in source: any ImageSource, skipsUnreadable: Bool, workers: Int? = nil, progress: DataProgress? = nil
  ) throws -> (images: any ImageSource, skipped: [UnreadableImage]) {
    let failures = unreadable(
      in: source, depth: skipsUnreadable ? .pixels : .header, workers: workers, progress: progress)
    guard !failures.isEmpty else { return (source, []) }
    guard skipsUnreadable else {
      throw DataSourceError.unreadableImages(
        count: failures.count, total: source.count, examples: failures.prefix(10).map(\.reason))
    }
    let left = Set(failures.map(\.index))
    return (try SelectedImages(source, indices: (0..<source.count).filter { !left.contains($0) }), failures)
  }
}
