import NeuralNetworks
import Torch

/// Features of the same images from earlier epochs, as class-balanced samples for a classifier.
///
/// During an epoch `record` stores the features of each batch, without host synchronisation. At its end `finishEpoch`
/// makes them the newest entry of each class. `assemble` takes the same number of features of every class from the last
/// entries: newest first, each entry shifted so that its mean is that of the newest. All tensors are allocated at the
/// start; the bank never grows.
///
/// - Source: Breadcrumbs: Adversarial Class-Balanced Sampling for Long-tailed Recognition, ECCV 2022, section 3 and
///   published code.
public final class FeatureBank {
  /// What is stored and returned.
  public let plan: BreadcrumbPlan
  /// Whether old entries are shifted to the newest mean.
  public let aligns: Bool
  /// Whether old entries are used; if not, the newest is repeated.
  public let tracksBack: Bool
  private let rows: Tensor
  private let means: Tensor
  private let lengths: Tensor
  private let finished: Tensor
  private let sums: Tensor
  private let seen: Tensor
  private let writePositions: Tensor
  private let assembled: Tensor
  private let capacities: Tensor
  private let labels: Tensor

  /// Makes an empty bank.
  /// - Parameters:
  ///   - plan: what is stored and returned.
  ///   - features: the dimension of a feature vector.
  ///   - aligns: whether old entries are shifted to the newest mean.
  ///   - tracksBack: whether old entries are used; if not, the newest is repeated.
  ///   - storage: the type of stored features; means have float32 at least.
  ///   - device: the device of the bank.
  /// - Throws: `ParameterError` for a dimension of 0 or a type that is not floating-point.
  public init(
    _ plan: BreadcrumbPlan, features: Int, aligns: Bool = true, tracksBack: Bool = true, storage: DType = .float32,
    on device: Device = .cpu
  ) throws {
    guard features > 0 else { throw ParameterError("features", "\(features)", expected: "at least 1") }
    guard storage.isFloatingPoint else {
      throw ParameterError("storage of features", "\(storage)", expected: "a floating-point type")
    }
    (self.plan, self.aligns, self.tracksBack) = (plan, aligns, tracksBack)
    let exact: DType = storage == .float64 ? .float64 : .float32
    // The last row is for features beyond the capacity of a class; it is never read.
    rows = try Tensor.zeros([plan.rowCount + 1, features], dtype: storage, on: device)
    means = try Tensor.zeros([plan.entryCount, features], dtype: exact, on: device)
    lengths = try Tensor.zeros([plan.entryCount], dtype: .int64)
    finished = try Tensor.zeros([plan.classCount], dtype: .int64)
    sums = try Tensor.zeros([plan.classCount, features], dtype: exact, on: device)
    seen = try Tensor.zeros([plan.classCount], dtype: .int64, on: device)
    assembled = try Tensor.zeros([plan.crumbCount, features], dtype: storage, on: device)
    capacities = try Tensor(plan.capacities, on: device)
    let layout = FeatureBankLayout(plan)
    writePositions = try Tensor(layout.writePositions(finished: plan.depths.map { _ in 0 }), on: device)
    labels = try Tensor(layout.labels, on: device)
  }

  /// What checkpoints hold, also in the middle of an epoch.
  public var state: [NamedTensor] {
    [
      NamedTensor("rows", rows), NamedTensor("means", means), NamedTensor("lengths", lengths),
      NamedTensor("finished", finished), NamedTensor("sums", sums), NamedTensor("seen", seen),
      NamedTensor("write_places", writePositions), NamedTensor("assembled", assembled),
    ]
  }

  /// The memory of the bank, which is constant.
  public var byteCount: Int {
    (state.map(\.tensor) + [capacities, labels]).reduce(0) { $0 + $1.elementCount * $1.dtype.byteCount }
  }

  /// Stores the features of a batch.
  /// - Parameters:
  ///   - features: `[batch, features]`, the inputs of the classifier; gradients do not flow through them.
  ///   - labels: int64 `[batch]`.
  public func record(_ features: Tensor, labels: Tensor) throws {
    try withoutGradients {
      let values = try features.detached()
      let hits = try labels.oneHot(classes: plan.classCount)
      let ranks = try hits.cumulativeSum(alongAxis: 0).gathered(axis: 1, index: labels.expandingAxis(1))
      let positions = try seen.entries(at: labels) + ranks.squeezed(axis: 1) - 1
      let unread = try labels.zerosLike() + plan.rowCount
      let rowsOfBatch = try (writePositions.entries(at: labels) + positions).selected(
        where: positions.isLess(than: capacities.entries(at: labels)), else: unread)
      try rows.copyEntries(from: values.to(rows.dtype), at: rowsOfBatch)
      try sums.addEntries(values.to(sums.dtype), at: labels)
      try seen.add(hits.sum(alongAxes: [0]))
    }
  }

  /// Makes the features since the last call the newest entry of their classes. A class without new features keeps its
  /// entries.
  public func finishEpoch() throws {
    let layout = FeatureBankLayout(plan)
    var (counts, stored) = (try finished.integers(), try lengths.integers())
    let brought = try seen.integers()
    var changed: (classes: [Int], entries: [Int]) = ([], [])
    for label in plan.depths.indices where plan.depths[label] > 0 && brought[label] > 0 {
      let entry = layout.entry(of: label, age: 0, finished: counts[label] + 1)
      stored[entry] = min(brought[label], plan.capacities[label])
      counts[label] += 1
      changed.classes.append(label)
      changed.entries.append(entry)
    }
    try withoutGradients {
      if !changed.classes.isEmpty {
        let classes = try Tensor(changed.classes, on: sums.device)
        let shares = try seen.entries(at: classes).to(means.dtype).expandingAxis(1)
        let newest = try sums.entries(at: classes) / shares
        try means.copyEntries(from: newest, at: Tensor(changed.entries, on: means.device))
      }
      try lengths.copy(from: Tensor(stored))
      try finished.copy(from: Tensor(counts))
      try writePositions.copy(from: Tensor(layout.writePositions(finished: counts)))
      try sums.setToZero()
      try seen.setToZero()
    }
  }

  /// The epochs that are stored of each class.
  public func queueLengths() throws -> [Int] { try zip(finished.integers(), plan.depths).map { min($0, $1) } }

  /// Whether as many epochs of every class are stored as the plan says; once true, it stays true.
  public func isReady() throws -> Bool { try queueLengths() == plan.depths }

  /// Assembles the class-balanced set of the current entries, for an epoch; `samples(at:)` reads it.
  /// - Throws: `FeatureBankError.notReady` before enough epochs of every class are stored.
  public func assemble() throws {
    guard try isReady() else {
      throw FeatureBankError.notReady(held: try queueLengths(), needed: plan.depths)
    }
    let choice = FeatureBankLayout(plan).choice(
      finished: try finished.integers(), lengths: try lengths.integers(), tracksBack: tracksBack)
    try withoutGradients {
      var values = try rows.entries(at: Tensor(choice.rows, on: rows.device)).to(means.dtype)
      if aligns {
        values =
          try values - means.entries(at: Tensor(choice.entries, on: means.device))
          + means.entries(at: Tensor(choice.newest, on: means.device))
      }
      try assembled.copy(from: values)
    }
  }

  /// Features of the assembled set with their labels, for positions below `plan.crumbCount`; class after class.
  public func samples(at positions: Tensor) throws -> (features: Tensor, labels: Tensor) {
    (try assembled.entries(at: positions).to(means.dtype), try labels.entries(at: positions))
  }

  /// The order in which an epoch uses the assembled set: a random permutation, cut to `count` or repeated. A pure
  /// function of seed, stage and epoch.
  public func order(count: Int, seed: UInt64, stage: Int, epoch: Int) -> [Int] {
    var stream = PhiloxStream(
      Philox4x32(seed: seed, purpose: .sampling), UInt32(truncatingIfNeeded: epoch),
      UInt32(truncatingIfNeeded: stage), 2)
    var positions = Array(0..<plan.crumbCount)
    stream.shuffle(&positions)
    guard !positions.isEmpty else { return [] }
    return (0..<max(0, count)).map { positions[$0 % positions.count] }
  }
}

/// A feature bank that does not have what is needed.
public enum FeatureBankError: Error, CustomStringConvertible, Sendable, Equatable {
  /// Fewer epochs of some classes are stored than the plan says.
  case notReady(held: [Int], needed: [Int])

  /// What is missing and what to do.
  public var description: String {
    switch self {
    case .notReady(let held, let needed):
      let late = held.indices.filter { held[$0] < needed[$0] }
      return
        "the feature bank is not ready: \(late.count) of \(needed.count) classes have too few epochs, such as class "
        + "\(late.first ?? 0) with \(late.first.map { held[$0] } ?? 0) of \(late.first.map { needed[$0] } ?? 0); "
        + "train more epochs first, or limit the depth"
    }
  }
}
