import Objectives
import Torch

/// Losses and correct predictions, which are summed on the device and read at intervals.
final class StepMetrics {
  /// What was read.
  struct Reading {
    /// The mean of the weighted sum of all terms.
    var total: Double
    /// The mean of each term over the interval's images.
    var losses: [(name: String, value: Double)]
    /// The accuracy on the augmented training images.
    var accuracy: Double
    /// The first step with a term that was not finite.
    var firstBad: (step: Int, term: String)?
  }

  private let device: Device
  private var names: [String] = []
  private var sums: Tensor?
  private var firstBad: Tensor?
  private var correct: Tensor
  private var samples = 0

  init(on device: Device) throws {
    self.device = device
    correct = try Tensor.zeros([], dtype: .int64, on: device)
  }

  /// Adds one step.
  func add(_ terms: [LossTerm], total: Tensor, prefix: String, logits: Tensor?, labels: Tensor, step: Tensor) throws {
    try withoutGradients {
      let means = try Tensor.stack((terms.map { try $0.mean() } + [total]).map { try $0.detached().to(.float32) })
      let (sums, firstBad) = try accumulators(for: terms.map { prefix + $0.name } + ["total"])
      try sums.add(means, scale: Double(labels.elementCount))
      let isNew = try firstBad.isLess(than: 0).and(means.isFinite().not())
      try firstBad.copy(from: step.expanded([terms.count + 1]).selected(where: isNew, else: firstBad))
      if let logits { try correct.add(logits.detached().indexOfMax(alongAxis: 1).equals(labels).sum()) }
    }
  }

  /// Counts the images of a step on the host, which a replayed step does not run on.
  func count(_ images: Int) { samples += images }

  /// Reads and resets everything; waits for the device.
  func read() throws -> Reading {
    guard let sums, let firstBad, samples > 0 else {
      // Images before an update's first loss must not lower its first mean.
      samples = 0
      return Reading(total: 0, losses: [], accuracy: 0, firstBad: nil)
    }
    let values = try sums.doubles()
    let bad = try firstBad.integers()
    let means = zip(names, values).map { ($0, $1 / Double(samples)) }
    let reading = Reading(
      total: means.last?.1 ?? 0, losses: means.dropLast(), accuracy: try correct.item() / Double(samples),
      firstBad: zip(bad, names).filter { $0.0 >= 0 }.min { $0.0 < $1.0 }.map { (step: $0.0, term: $0.1) })
    try sums.setToZero()
    try correct.setToZero()
    try firstBad.fill(-1)
    samples = 0
    return reading
  }

  private func accumulators(for terms: [String]) throws -> (sums: Tensor, firstBad: Tensor) {
    if let sums, let firstBad, names == terms { return (sums, firstBad) }
    let new = try (Tensor.zeros([terms.count], on: device), Tensor.full([terms.count], -1, dtype: .int64, on: device))
    names = terms
    (sums, firstBad) = new
    return new
  }
}
