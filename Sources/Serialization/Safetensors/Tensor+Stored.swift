import Torch

/// Between files and the engine.
extension Tensor {
  /// A copy of a stored tensor on the processor.
  public convenience init(_ stored: StoredTensor) throws {
    try self.init(dtype: stored.elementType.dtype, shape: stored.shape, copying: stored.withUnsafeBytes)
  }

  /// What a file says of this tensor.
  public func layout(named name: String) -> TensorLayout {
    TensorLayout(name: name, elementType: StoredElementType(dtype), shape: shape)
  }
}

extension StoredElementType {
  /// The engine's name of the type.
  public var dtype: DType {
    switch self {
    case .float64: .float64
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .int64: .int64
    case .int32: .int32
    case .int16: .int16
    case .int8: .int8
    case .uint8: .uint8
    case .bool: .bool
    }
  }

  /// The file's name of an engine type.
  public init(_ dtype: DType) {
    switch dtype {
    case .float64: self = .float64
    case .float32: self = .float32
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    case .int64: self = .int64
    case .int32: self = .int32
    case .int16: self = .int16
    case .int8: self = .int8
    case .uint8: self = .uint8
    case .bool: self = .bool
    }
  }
}
