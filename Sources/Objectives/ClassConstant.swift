import Synchronization
import Torch

/// One constant per class, such as a weight or an offset: stored in double precision and copied to each device once.
public final class ClassConstant: Sendable {
  /// One value per class.
  public let values: [Double]
  private struct Key: Hashable {
    let device: Device
    let dtype: DType
  }
  private let tensors = Mutex<[Key: Tensor]>([:])

  /// Stores the values.
  public init(_ values: [Double]) { self.values = values }

  /// The values as a tensor `[classes]` on the device of the logits: float64 for float64 logits, else float32.
  /// - Throws: `ObjectiveError.classCount` when the logits have another number of classes.
  public func tensor(like logits: Tensor) throws -> Tensor {
    let classes = logits.shape.last ?? 0
    guard classes == values.count else { throw ObjectiveError.classCount(expected: values.count, actual: classes) }
    let key = Key(device: logits.device, dtype: logits.dtype == .float64 ? .float64 : .float32)
    return try tensors.withLock { tensors in
      if let cached = tensors[key] { return cached }
      let tensor = try Tensor(values).to(key.dtype).to(key.device)
      tensors[key] = tensor
      return tensor
    }
  }
}
