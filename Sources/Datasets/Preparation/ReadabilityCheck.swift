import Synchronization

/// Looks whether the images of a source can be read, before hours of training depend on it.
public enum ReadabilityCheck {
  /// How closely an image is looked at.
  public enum Depth: Sendable {
    /// That it is there, and that its header is sound: some ten thousand images a second.
    case header
    /// That all of it can be decoded: some hundred images a second and core.
    case pixels
  }

  /// The images that cannot be read, in the order of the source; the result does not depend on the number of threads.
  ///
  /// - Parameters:
  ///   - source: the images.
  ///   - depth: how closely they are looked at.
  ///   - workers: the number of threads; by default that of the processor cores.
  ///   - progress: called now and then.
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
  ///   - workers: the number of threads; by default that of the processor cores.
  ///   - progress: called now and then.
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
