/// The layout of images as the kernels of batch normalisation read them: rows of pixels with their channels.
struct FusedBatchNormalizationLayout: Sendable {
  let shape: [Int]
  let dtype: DType
  let device: Device

  /// The number of pixels of all images.
  var rows: Int { shape[0] * shape[2] * shape[3] }
  /// The number of channels.
  var channels: Int { shape[1] }

  /// Nil for images that the kernels do not accept.
  init?(_ input: Tensor) {
    shape = input.shape
    dtype = input.dtype
    device = input.device
    guard shape.count == 4, dtype == .float32 || dtype == .bfloat16, input.elementCount > 0,
      shape[1] <= Int(Int32.max) / 2, input.isContiguous(.channelsLast)
    else { return nil }
  }

  /// Whether another tensor has this layout.
  func fits(_ other: Tensor?) -> Bool {
    guard let other else { return true }
    return other.shape == shape && other.dtype == dtype && other.device == device && other.isContiguous(.channelsLast)
  }

  /// A new tensor with this layout.
  func empty() throws -> Tensor { try Tensor.empty(shape, dtype: dtype, on: device, format: .channelsLast) }

  /// A gradient converted to this layout.
  func arranged(_ gradient: Tensor) throws -> Tensor { try gradient.to(dtype).contiguous(.channelsLast) }
}
