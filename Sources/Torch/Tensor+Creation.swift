private let emptyOperator = Operator("aten::empty", "memory_format")
private let zerosOperator = Operator("aten::zeros")
private let fullOperator = Operator("aten::full")
private let arangeOperator = Operator("aten::arange", "start_step")
private let zerosLikeOperator = Operator("aten::zeros_like")
private let onesLikeOperator = Operator("aten::ones_like")
private let emptyLikeOperator = Operator("aten::empty_like")

/// Creation of tensors.
extension Tensor {
  /// A tensor with uninitialised elements.
  ///
  /// - Parameters:
  ///   - shape: the length of each axis.
  ///   - dtype: the element type.
  ///   - device: the device.
  ///   - format: the memory format.
  ///   - isPinned: whether CPU memory is page-locked, for asynchronous copies to a GPU; needs a GPU.
  public static func empty(
    _ shape: [Int], dtype: DType = .float32, on device: Device = .cpu, format: MemoryFormat = .contiguous,
    isPinned: Bool = false
  ) throws -> Tensor {
    try emptyOperator([
      .ints(shape), .dtype(dtype), .none, .device(device), isPinned ? .bool(true) : .none,
      .int(Int(format.rawValue)),
    ])
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: [Int], dtype: DType = .float32, on device: Device = .cpu) throws -> Tensor {
    try zerosOperator([.ints(shape), .dtype(dtype), .none, .device(device)])
  }

  /// A tensor of ones.
  public static func ones(_ shape: [Int], dtype: DType = .float32, on device: Device = .cpu) throws -> Tensor {
    try full(shape, 1, dtype: dtype, on: device)
  }

  /// A tensor with all elements equal to `value`.
  public static func full(_ shape: [Int], _ value: Double, dtype: DType = .float32, on device: Device = .cpu) throws
    -> Tensor
  {
    try fullOperator([.ints(shape), .double(value), .dtype(dtype), .none, .device(device)])
  }

  /// The integers `start, start + 1, …, end - 1`.
  public static func range(_ start: Int, _ end: Int, dtype: DType = .int64, on device: Device = .cpu) throws -> Tensor {
    try arangeOperator([.int(start), .int(end), .int(1), .dtype(dtype), .none, .device(device)])
  }

  /// Uninitialised elements with this tensor's shape, device and memory format.
  public func emptyLike(dtype: DType) throws -> Tensor { try emptyLikeOperator([.tensor(self), .dtype(dtype)]) }

  /// Zeros with this tensor's shape, type, device and memory format.
  public func zerosLike() throws -> Tensor { try zerosLikeOperator(.tensor(self)) }

  /// Ones with this tensor's shape, type, device and memory format.
  public func onesLike() throws -> Tensor { try onesLikeOperator(.tensor(self)) }
}
