import NeuralNetworks
import Torch

/// Features of the same images from earlier epochs, as class-balanced samples for a classifier.
///
/// While an epoch runs, `record` takes the features of each batch in, without a word to the host. At its end `finishEpoch` makes them the
/// newest entry of each class; of the last entries `assemble` makes the same number of features of every class: newest first, each entry moved
/// so that its mean becomes that of the newest. All tensors are there from the start; the bank never grows.
///
/// - Source: Breadcrumbs: Adversarial Class-Balanced Sampling for Long-tailed Recognition, ECCV 2022, section 3 and published code.
public final class FeatureBank {
  /// What is kept and handed out.
  public let plan: BreadcrumbPlan
  /// Whether old entries are moved to the newest mean.
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
  ///   - plan: what is kept and handed out.
  ///   - features: the length of a feature vector.
  ///   - aligns: whether old entries are moved to the newest mean.
  ///   - tracksBack: whether old entries are used; if not, the newest is repeated.
  ///   - storage: the type of kept features; means are kept in float32 at least.
  ///   - device: where it lies.
  /// - Throws: `ParameterError` for features of no length or a type that is not floating-point.
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
    // One row more takes what an epoch brings beyond a class's capacity.
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

  /// What a resumed run needs, also in the middle of an epoch.
  public var state: [NamedTensor] {
    [
      NamedTensor("rows", rows), NamedTensor("means", means), NamedTensor("lengths", lengths),
      NamedTensor("finished", finished), NamedTensor("sums", sums), NamedTensor("seen", seen),
      NamedTensor("write_places", writePositions), NamedTensor("assembled", assembled),
    ]
  }

  /// The memory it takes, all its life.
  public var byteCount: Int {
    (state.map(\.tensor) + [capacities, labels]).reduce(0) { $0 + $1.elementCount * $1.dtype.byteCount }
  }

  /// Takes the features of a batch in.
  /// - Parameters:
  ///   - features: `[batch, features]`, as the classifier sees them; no gradient is kept.
  ///   - labels: int64 `[batch]`.
  public func record(_ features: Tensor, labels: Tensor) throws {
    try withoutGradients {
      let values = try features.detached()
      let hits = try labels.oneHot(classes: plan.classCount)
      let ranks = try hits.cumulativeSum(alongAxis: 0).gathered(axis: 1, index: labels.expandingAxis(1))
      let positions = try seen.entries(at: labels) + ranks.squeezed(axis: 1) - 1
      let nowhere = try labels.zerosLike() + plan.rowCount
      let places = try (writePositions.entries(at: labels) + positions).selected(
        where: positions.isLess(than: capacities.entries(at: labels)), else: nowhere)
      try rows.copyEntries(from: values.to(rows.dtype), at: places)
      try sums.addEntries(values.to(sums.dtype), at: labels)
      try seen.add(hits.sum(alongAxes: [0]))
    }
  }

  /// Makes the features since the last call the newest entry of their classes. A class of which nothing was recorded keeps its entries.
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

  /// The epochs that each class holds at present.
  public func queueLengths() throws -> [Int] { try zip(finished.integers(), plan.depths).map { min($0, $1) } }

  /// Whether every class with images holds as many epochs as it looks back; it stays so.
  public func isReady() throws -> Bool { try queueLengths() == plan.depths }

  /// Makes the class-balanced set of the present entries, for an epoch: read it by `crumbs(at:)`.
  /// - Throws: `FeatureBankError.notReady` before every class holds its epochs.
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

  /// Features of the assembled set with their labels, for places below `plan.crumbCount`; class after class.
  public func crumbs(at places: Tensor) throws -> (features: Tensor, labels: Tensor) {
    (try assembled.entries(at: places).to(means.dtype), try labels.entries(at: places))
  }

  /// The order in which an epoch uses the assembled set: a random one, cut to `count`, or begun again where that is more. A pure function of
  /// seed, stage and epoch.
  public func order(count: Int, seed: UInt64, stage: Int, epoch: Int) -> [Int] {
    var stream = PhiloxStream(
      Philox4x32(seed: seed, purpose: .sampling), UInt32(truncatingIfNeeded: epoch),
      UInt32(truncatingIfNeeded: stage), 2)
    var places = Array(0..<plan.crumbCount)
    stream.shuffle(&places)
    guard !places.isEmpty else { return [] }
    return (0..<max(0, count)).map { places[$0 % places.count] }
  }
}

/// A bank that is asked for what it does not have.
public enum FeatureBankError: Error, CustomStringConvertible, Sendable, Equatable {
  /// Some classes hold fewer epochs than they look back.
  case notReady(held: [Int], needed: [Int])

  /// What is missing and what to do.
  public var description: String {
    switch self {
    case .notReady(let held, let needed):
      let late = held.indices.filter { held[$0] < needed[$0] }
      return
        "the feature bank is not ready: \(late.count) of \(needed.count) classes hold too few epochs, such as class "
        + "\(late.first ?? 0) with \(late.first.map { held[$0] } ?? 0) of \(late.first.map { needed[$0] } ?? 0); "
        + "train more epochs first, or limit the depth"
    }
  }
}
