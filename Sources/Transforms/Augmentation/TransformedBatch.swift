import Torch

/// One entry per image (the images themselves, or one table each), of which transforms change some.
///
/// On the CPU a transform is computed for the selected entries only: a transform of a tenth of the images costs a tenth. On other devices
/// it is computed for all entries and selected by the mask, so that no shape depends on data and the host does not wait. Transforms treat
/// each entry independently, so both give the same values.
struct TransformedBatch {
  /// The entries along axis 0.
  private(set) var values: Tensor
  private var isOwn: Bool

  /// Wraps entries, which are not written to; a copy is made before the first write.
  init(_ values: Tensor) {
    self.values = values
    isOwn = false
  }

  /// Transforms the entries whose operation is in a range.
  ///
  /// - Parameters:
  ///   - operations: the raw values, a closed range.
  ///   - kinds: the operation of each entry.
  ///   - body: the transform, as for a mask.
  mutating func change(
    where operations: ClosedRange<PolicyOperation.RawValue>, in kinds: OperationKinds,
    _ body: (Tensor, EntrySelection) throws -> Tensor
  ) throws {
    guard let host = kinds.host else { return try change(where: kinds.mask(operations), body) }
    try change(at: host.indices.filter { operations.contains(host[$0]) }, of: host.count, body)
  }

  /// Transforms all entries.
  mutating func change(_ body: (Tensor, EntrySelection) throws -> Tensor) throws {
    values = try body(values, EntrySelection(indices: nil))
    isOwn = true
  }

  /// Transforms the entries where a mask `[count]` is true.
  ///
  /// - Parameter body: gets the entries and the selection of the same entries of parameters; returns as many entries
  ///   of the same shape and type.
  mutating func change(where mask: Tensor, _ body: (Tensor, EntrySelection) throws -> Tensor) throws {
    guard HostReads.areAllowed(on: values.device) else {
      let shape = [-1] + Array(repeating: 1, count: values.shape.count - 1)
      let changed = try body(values, EntrySelection(indices: nil))
      values = try changed.selected(where: mask.reshaped(shape), else: values)
      return
    }
    let flags = try mask.values(as: Bool.self)
    try change(at: flags.indices.filter { flags[$0] }, of: flags.count, body)
  }

  /// Transforms the entries at some indices, on the CPU.
  private mutating func change(at chosen: [Int], of count: Int, _ body: (Tensor, EntrySelection) throws -> Tensor)
    throws
  {
    if chosen.isEmpty { return }
    if chosen.count == count { return try change(body) }
    let indices = try Tensor(chosen)
    let changed = try body(values.entries(at: indices), EntrySelection(indices: indices))
    if !isOwn {
      values = try values.clone()
      isOwn = true
    }
    try Self.copy(changed, to: values, at: indices)
  }

  /// Copies bytes as 64-bit words where possible, which takes an eighth of the copies.
  private static func copy(_ changed: Tensor, to values: Tensor, at indices: Tensor) throws {
    let length = values.elementCount / values.shape[0]
    guard values.dtype == .uint8, length % 8 == 0, values.isContiguous() else {
      return try values.copyEntries(from: changed, at: indices)
    }
    let axes = values.shape.count
    func words(_ entries: Tensor) throws -> Tensor {
      let entries = try entries.isContiguous() ? entries : entries.contiguous()
      let isEven = entries.shape[axes - 1] % 8 == 0
      return try (isEven ? entries : entries.viewed([entries.shape[0], length])).reinterpreted(as: .int64)
    }
    try words(values).copyEntries(from: words(changed), at: indices)
  }
}

/// The entries of a batch that a transform changes.
struct EntrySelection {
  /// Their indices; nil for all.
  let indices: Tensor?

  /// The chosen entries of a tensor with one entry per image.
  func callAsFunction(_ parameters: Tensor) throws -> Tensor {
    try indices.map { try parameters.entries(at: $0) } ?? parameters
  }
}

/// The operation of each image; on the CPU also as an array.
struct OperationKinds {
  /// int64 `[batch]`.
  let values: Tensor
  /// The same values on the CPU; nil on other devices.
  let host: [Int]?

  init(_ values: Tensor) throws {
    self.values = values
    host = HostReads.areAllowed(on: values.device) ? try values.values(as: Int.self) : nil
  }

  /// The kinds of the chosen images.
  func chosen(_ selection: EntrySelection) throws -> OperationKinds { try OperationKinds(selection(values)) }

  /// Whether the operation of each image is in a range, `[batch]`.
  func mask(_ operations: ClosedRange<Int>) throws -> Tensor {
    guard operations.count > 1 else { return try values.equals(operations.lowerBound) }
    return try values.isAtLeast(Double(operations.lowerBound)).and(
      values.isLess(than: Double(operations.upperBound + 1)))
  }
}
