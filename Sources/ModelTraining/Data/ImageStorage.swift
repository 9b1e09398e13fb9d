/// Where the images of a run lie while it runs. It never changes what a run computes.
public struct ImageStorage: Sendable, Codable, Equatable {
  /// The kinds of places.
  public enum Place: String, Sendable, Codable, CaseIterable {
    /// In memory where they fit, else in their files.
    case auto
    /// In memory, as squares of the input size.
    case memory
    /// In their files, read ahead of the training.
    case files
  }

  /// Where images lie. Random crops need more of an image than the input, so recipes with them always read files.
  public var place: Place
  /// Threads that read and decode; 0 for one a core.
  public var workers: Int
  /// The folder for decoded images; empty for that of the user, see `CacheFolder`.
  public var cacheFolder: String

  /// The defaults.
  public init(place: Place = .auto, workers: Int = 0, cacheFolder: String = "") {
    self.place = place
    self.workers = workers
    self.cacheFolder = cacheFolder
  }

  /// The number of threads, or nil for one a core.
  var workerCount: Int? { workers > 0 ? workers : nil }
}
