import Synchronization
import Torch

/// One number per class that an objective needs beside the logits: kept in double precision, put on a device once.
public final class ClassConstant: Sendable {
  /// The values, one per class.
  public let values: [Double]
  private struct Key: Hashable {
    let device: Device
    let dtype: DType
  }
  private let placed = Mutex<[Key: Tensor]>([:])

  /// Keeps values.
  public init(_ values: [Double]) { self.values = values }

  /// The values as `[classes]` beside the logits, in their type; in float32 for shorter floating-point types.
  /// - Throws: `ObjectiveError.classCount` when the logits have another number of classes.
  public func beside(_ logits: Tensor) throws -> Tensor {
    let classes = logits.shape.last ?? 0
    guard classes == values.count else { throw ObjectiveError.classCount(expected: values.count, actual: classes) }
    let key = Key(device: logits.device, dtype: logits.dtype == .float64 ? .float64 : .float32)
    return try placed.withLock { placed in
      if let found = placed[key] { return found }
      let made = try Tensor(values).to(key.dtype).to(key.device)
      placed[key] = made
      return made
    }
  }
}
