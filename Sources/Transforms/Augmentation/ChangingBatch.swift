import Torch

/// One entry an image (the images themselves, or a table each), of which some are changed.
///
/// On the processor only the chosen entries are worked on: nothing is captured there, and a change that a tenth of the images gets
/// costs a tenth. Elsewhere all entries are worked on and the chosen ones are taken over, so that no shape depends on data and the host
/// does not wait. Every change treats each entry by itself, so both ways give the same values.
struct ChangingBatch {
  /// The entries along axis 0.
  private(set) var values: Tensor
  private var isOwn: Bool

  /// Begins with entries that are left as they are; a copy is made before the first write.
  init(_ values: Tensor) {
    self.values = values
    isOwn = false
  }

  /// Changes the entries whose operation is one of some.
  ///
  /// - Parameters:
  ///   - operations: the raw values, a closed range.
  ///   - kinds: the operation of each entry.
  ///   - body: as for a mask.
  mutating func change(
    where operations: ClosedRange<PolicyOperation.RawValue>, in kinds: OperationKinds,
    _ body: (Tensor, EntrySelection) throws -> Tensor
  ) throws {
    guard let host = kinds.host else { return try change(where: kinds.mask(operations), body) }
    try change(at: host.indices.filter { operations.contains(host[$0]) }, of: host.count, body)
  }

  /// Changes all entries.
  mutating func change(_ body: (Tensor, EntrySelection) throws -> Tensor) throws {
    values = try body(values, EntrySelection(indices: nil))
    isOwn = true
  }

  /// Changes the entries for which a mask `[count]` holds.
  ///
  /// - Parameter body: gets the entries to change and the rule that picks the same entries of their parameters; returns as many entries
  ///   of the same shape and type.
  mutating func change(where mask: Tensor, _ body: (Tensor, EntrySelection) throws -> Tensor) throws {
    guard values.device == .cpu, !WholeBatches.areForced else {
      let shape = [-1] + Array(repeating: 1, count: values.shape.count - 1)
      let changed = try body(values, EntrySelection(indices: nil))
      values = try changed.selected(where: mask.reshaped(shape), else: values)
      return
    }
    let flags = try mask.values(as: Bool.self)
    try change(at: flags.indices.filter { flags[$0] }, of: flags.count, body)
  }

  /// Changes the entries at some places of `count`, on the processor.
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

  /// Entries of bytes go as words of eight where they can: bytes are copied one by one, words are too, but there are fewer.
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

/// Which entries of a batch are being changed.
struct EntrySelection {
  /// Their places, or nil for all of them.
  let indices: Tensor?

  /// The chosen entries of a tensor with one entry an image.
  func callAsFunction(_ parameters: Tensor) throws -> Tensor {
    try indices.map { try parameters.entries(at: $0) } ?? parameters
  }
}

/// The operation of each image; also in the program's memory where that costs no waiting.
struct OperationKinds {
  /// int64 `[batch]`.
  let values: Tensor
  /// The same on the processor; nil elsewhere.
  let host: [Int]?

  init(_ values: Tensor) throws {
    self.values = values
    host = values.device == .cpu && !WholeBatches.areForced ? try values.values(as: Int.self) : nil
  }

  /// The kinds of the chosen images.
  func chosen(_ selection: EntrySelection) throws -> OperationKinds { try OperationKinds(selection(values)) }

  /// Where an image's operation is one of a range.
  func mask(_ operations: ClosedRange<Int>) throws -> Tensor {
    guard operations.count > 1 else { return try values.equals(operations.lowerBound) }
    return try values.isAtLeast(Double(operations.lowerBound)).and(
      values.isLess(than: Double(operations.upperBound + 1)))
  }
}

/// Lets tests run on the processor what runs elsewhere: every change worked out for all images, then taken over for some.
package enum WholeBatches {
  /// Whether that is done.
  @TaskLocal package static var areForced = false
}
