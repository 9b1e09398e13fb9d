/// Where the images of a run lie while it trains. It never changes what the run computes.
public struct ImageStorage: Sendable, Codable, Equatable {
  /// Where images lie.
  public enum Location: String, Sendable, Codable, CaseIterable {
    /// In memory where they fit, else in their files.
    case auto
    /// In memory, as squares of the input size.
    case memory
    /// In their files, read ahead of the training.
    case files
  }

  /// Where images lie. Random resized crops need the whole image, so recipes with them read files unless memory is asked for.
  public var location: Location
  /// Threads that read and decode; 0 for one per core.
  public var workers: Int
  /// The folder for decoded images; empty for that of the user, see `CacheFolder`.
  public var cacheFolder: String

  /// The defaults.
  public init(location: Location = .auto, workers: Int = 0, cacheFolder: String = "") {
    self.location = location
    self.workers = workers
    self.cacheFolder = cacheFolder
  }

  /// The number of threads, or nil for one per core.
  var workerCount: Int? { workers > 0 ? workers : nil }
}
