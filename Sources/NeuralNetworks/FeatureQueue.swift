import Torch

/// The last keys of a contrastive loss with their labels: a ring of slots on the device, of which a step overwrites the
/// oldest.
///
/// The next slot is kept on the device, so that a step needs no host synchronisation.
public final class FeatureQueue {
  /// One key per column, `[features, capacity]`.
  public let keys: Tensor
  /// The class of each key, int64 `[capacity]`; -1 where a slot was never written.
  public let labels: Tensor
  /// The slot that is written next, int64 without axes.
  public let place: Tensor
  /// The number of slots.
  public let capacity: Int

  /// Makes a queue of random unit vectors that belong to no class.
  /// - Parameters:
  ///   - capacity: slots; usually about as many as an epoch has images.
  ///   - features: the length of a key.
  ///   - initializer: where the first keys come from.
  ///   - device: where it lies.
  ///   - firstLabel: the class of slots that were never written; published code begins with 0, so that images of class
  ///     0 overlook them.
  /// - Throws: `ParameterError` for a queue without slots or features.
  public init(
    capacity: Int, features: Int, using initializer: Initializer, on device: Device = .cpu, firstLabel: Int = -1
  ) throws {
    guard capacity > 0 else { throw ParameterError("queue capacity", "\(capacity)", expected: "at least 1") }
    guard features > 0 else { throw ParameterError("queue features", "\(features)", expected: "at least 1") }
    self.capacity = capacity
    keys = try withoutGradients {
      try initializer.normal([features, capacity], standardDeviation: 1).detached().directions(alongAxis: 0).to(device)
    }
    labels = try Tensor.full([capacity], Double(firstLabel), dtype: .int64, on: device)
    place = try Tensor.zeros([], dtype: .int64, on: device)
  }

  /// The state that a resumed run needs.
  public var state: [NamedTensor] {
    [NamedTensor("keys", keys), NamedTensor("labels", labels), NamedTensor("place", place)]
  }

  /// The memory it takes.
  public var byteCount: Int { state.reduce(0) { $0 + $1.tensor.elementCount * $1.tensor.dtype.byteCount } }

  /// Overwrites the oldest slots, after the loss was computed.
  /// - Parameters:
  ///   - newKeys: `[batch, features]`.
  ///   - newLabels: int64 `[batch]`.
  /// - Throws: `ParameterError` for more keys than slots.
  public func push(_ newKeys: Tensor, labels newLabels: Tensor) throws {
    let count = newLabels.elementCount
    guard count <= capacity else {
      throw ParameterError(
        "batch of keys", "\(count)", expected: "at most the \(capacity) slots of the queue; make the queue larger")
    }
    try withoutGradients {
      let slots = try (Tensor.range(0, count, on: labels.device) + place).remainder(dividingBy: capacity)
      try keys.copyEntries(from: newKeys.detached().to(keys.dtype).transposed(0, 1), at: slots, axis: 1)
      try labels.copyEntries(from: newLabels, at: slots)
      try place.copy(from: (place + count).remainder(dividingBy: capacity))
    }
  }
}
