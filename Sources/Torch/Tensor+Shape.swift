private let reshapeOperator = Operator("aten::reshape")
private let unfoldOperator = Operator("aten::unfold")
private let viewOperator = Operator("aten::view")
private let viewAsOperator = Operator("aten::view", "dtype")
private let permuteOperator = Operator("aten::permute")
private let transposeOperator = Operator("aten::transpose", "int")
private let squeezeAxis = Operator("aten::squeeze", "dim")
private let unsqueezeOperator = Operator("aten::unsqueeze")
private let expandOperator = Operator("aten::expand")
private let flattenOperator = Operator("aten::flatten", "using_ints")
private let catOperator = Operator("aten::cat")
private let stackOperator = Operator("aten::stack")
private let narrowOperator = Operator("aten::narrow")
private let selectInteger = Operator("aten::select", "int")
private let sliceOperator = Operator("aten::slice", "Tensor")
private let padOperator = Operator("aten::constant_pad_nd")
private let flipOperator = Operator("aten::flip")
private let contiguousOperator = Operator("aten::contiguous")
private let toType = Operator("aten::to", "dtype")
private let toDevice = Operator("aten::to", "device")
private let cloneOperator = Operator("aten::clone")
private let detachOperator = Operator("aten::detach")
private let repeatOperator = Operator("aten::repeat_interleave", "self_int")

/// Shape, element type and device.
extension Tensor {
  /// The same elements in another shape; one length may be -1 and is inferred.
  public func reshaped(_ shape: [Int]) throws -> Tensor { try reshapeOperator(.tensor(self), .ints(shape)) }
  /// Another shape over the same memory.
  /// - Throws: `TorchError` when that needs a copy.
  public func viewed(_ shape: [Int]) throws -> Tensor { try viewOperator(.tensor(self), .ints(shape)) }
  /// The same memory read as another element type; the length of the last axis changes by the ratio of element sizes.
  public func reinterpreted(as dtype: DType) throws -> Tensor { try viewAsOperator(.tensor(self), .dtype(dtype)) }
  /// The axes in another order.
  public func permuted(_ axes: [Int]) throws -> Tensor { try permuteOperator(.tensor(self), .ints(axes)) }
  /// Two axes exchanged.
  public func transposed(_ first: Int = -2, _ second: Int = -1) throws -> Tensor {
    try transposeOperator(.tensor(self), .int(first), .int(second))
  }
  /// The tensor without an axis of length 1.
  public func squeezed(axis: Int) throws -> Tensor { try squeezeAxis(.tensor(self), .int(axis)) }
  /// The tensor with a new axis of length 1.
  public func expandingAxis(_ axis: Int) throws -> Tensor { try unsqueezeOperator(.tensor(self), .int(axis)) }
  /// Axes of length 1 repeated without copying; -1 keeps a length.
  public func expanded(_ shape: [Int]) throws -> Tensor { try expandOperator(.tensor(self), .ints(shape)) }
  /// All axes from `axis` on joined into one.
  public func flattened(fromAxis axis: Int = 0) throws -> Tensor { try flattenOperator(.tensor(self), .int(axis)) }
  /// `count` entries of an axis from `start` on, over the same memory.
  public func narrowed(axis: Int, start: Int, count: Int) throws -> Tensor {
    try narrowOperator(.tensor(self), .int(axis), .int(start), .int(count))
  }
  /// One entry of an axis, without that axis, over the same memory.
  public func selected(axis: Int, index: Int) throws -> Tensor {
    try selectInteger(.tensor(self), .int(axis), .int(index))
  }
  /// Every `step`-th entry of an axis from `start` to before `end` (nil: to the end), over the same memory.
  public func sliced(axis: Int, from start: Int = 0, to end: Int? = nil, step: Int = 1) throws -> Tensor {
    try sliceOperator([.tensor(self), .int(axis), .int(start), end.map(OperatorArgument.int) ?? .none, .int(step)])
  }
  /// Views of `size` elements along an axis, each `step` after the one before it, as a further last axis; they share
  /// memory.
  public func windows(axis: Int, size: Int, step: Int) throws -> Tensor {
    try unfoldOperator(.tensor(self), .int(axis), .int(size), .int(step))
  }
  /// Constant padding: before and after the last axis, then the last but one, and so on.
  public func padded(_ borders: [Int], value: Double = 0) throws -> Tensor {
    try padOperator(.tensor(self), .ints(borders), .double(value))
  }
  /// The tensor with axes reversed.
  public func flipped(axes: [Int]) throws -> Tensor { try flipOperator(.tensor(self), .ints(axes)) }
  /// Each entry of an axis repeated `count` times in a row.
  public func repeatingEntries(_ count: Int, axis: Int) throws -> Tensor {
    try repeatOperator(.tensor(self), .int(count), .int(axis))
  }
  /// The tensor in a contiguous memory format; itself if it has that format.
  public func contiguous(_ format: MemoryFormat = .contiguous) throws -> Tensor {
    try contiguousOperator(.tensor(self), .int(Int(format.rawValue)))
  }
  /// The elements converted to another type; itself if it has that type.
  public func to(_ dtype: DType) throws -> Tensor { try toType(.tensor(self), .dtype(dtype)) }
  /// The tensor on a device; itself if it is there.
  public func to(_ device: Device) throws -> Tensor {
    self.device == device ? self : try toDevice(.tensor(self), .device(device), .dtype(dtype))
  }
  /// The tensor on a device; itself if it is there. From pinned memory the copy is asynchronous, in the order of the
  /// device's stream; the allocator does not reuse the memory before the copy is done.
  public func toWithoutWaiting(_ device: Device) throws -> Tensor {
    self.device == device ? self : try toDevice(.tensor(self), .device(device), .dtype(dtype), .bool(true))
  }
  /// A copy.
  public func clone() throws -> Tensor { try cloneOperator(.tensor(self)) }
  /// A copy in a memory format.
  public func clone(_ format: MemoryFormat) throws -> Tensor {
    try cloneOperator(.tensor(self), .int(Int(format.rawValue)))
  }
  /// The same memory without history of autograd.
  public func detached() throws -> Tensor { try detachOperator(.tensor(self)) }

  /// Tensors joined along an axis.
  public static func concatenation(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    try catOperator(.tensors(tensors), .int(axis))
  }
  /// Tensors joined along a new axis.
  public static func stack(_ tensors: [Tensor], axis: Int = 0) throws -> Tensor {
    try stackOperator(.tensors(tensors), .int(axis))
  }
}
