/// Why a loader gives no batch, where no file is at fault (those give `ImageCodecError` with the file's name).
public enum LoaderError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The loader was cancelled.
  case cancelled
  /// A batch without images was planned.
  case emptyBatch(step: UInt64)

  /// One line.
  public var description: String {
    switch self {
    case .cancelled: "the loader was cancelled and gives no more batches"
    case .emptyBatch(let step): "the batch of step \(step) has no images"
    }
  }
}
