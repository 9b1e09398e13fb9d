import Synchronization
import Torch

/// Small constant tensors, copied to each device once, so that a training step does not copy from the host.
enum DeviceConstants {
  private struct Key: Hashable {
    let values: [Double]
    let shape: [Int]
    let dtype: DType
    let device: Device
  }
  private static let placed = Mutex<[Key: Tensor]>([:])

  /// A tensor of some values; equal calls give the same tensor, which must not be written to.
  static func tensor(_ values: [Double], shape: [Int]? = nil, dtype: DType = .float32, on device: Device) throws
    -> Tensor
  {
    let key = Key(values: values, shape: shape ?? [values.count], dtype: dtype, device: device)
    return try placed.withLock { placed in
      if let found = placed[key] { return found }
      let made = try Tensor(values, shape: key.shape).to(dtype).to(device)
      placed[key] = made
      return made
    }
  }
}
