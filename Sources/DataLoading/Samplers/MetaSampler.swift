import Datasets
import Foundation
import NeuralNetworks
import Torch
import Transforms

/// A sampler with learned class rates. It draws on the device, by one parameter `psi` per class.
///
/// An image of class `y` is drawn with probability `s[y] / sum over images of s`, `s = sigmoid(psi)`; draws are independent, with
/// replacement. The draw is made differentiable by the straight-through Gumbel softmax. Give `parameters` to an Adam optimiser without
/// weight decay; its gradient comes from `gradient(of:drawGradients:)`.
///
/// - Source: Balanced Meta-Softmax for Long-Tailed Visual Recognition, NeurIPS 2020, section 3.3 and published code.
public final class MetaSampler {
  /// How images are drawn.
  public enum Drawing: String, Sendable, Codable, CaseIterable {
    /// Noise for every image: exact.
    case byImage
    /// Noise for every class, then an image of it. The draws have the same distribution; the gradient is taken over classes instead of images.
    case byClass
  }

  /// Above this number of images the class is drawn first, by default.
  public static let largestExactCount = 200_000

  /// One parameter per class, `[classes]`, float32.
  public let scores: Tensor
  /// How images are drawn.
  public let drawing: Drawing
  private let counts: Tensor
  private let labels: Tensor
  private let members: Tensor
  private let firstMembers: Tensor

  /// Makes a sampler.
  /// - Parameters:
  ///   - labels: the class of each image.
  ///   - classCount: number of classes.
  ///   - power: 0 for instance-balanced initial rates, 1 for class-balanced ones.
  ///   - drawing: how images are drawn; nil to choose by their number.
  ///   - device: where it lies.
  /// - Throws: `LabelError` or `ClassDistributionError` for unusable labels or power.
  public init(
    labels: [Int32], classCount: Int, power: Double = 0, drawing: Drawing? = nil, on device: Device = .cpu
  ) throws {
    let members = try ClassMembers(labels: labels, classCount: classCount)
    let initial = try MetaSamplerInitialization(counts: members.counts, power: power)
    self.drawing = drawing ?? (labels.count > MetaSampler.largestExactCount ? .byClass : .byImage)
    scores = try Tensor(initial.scores.map(Float.init), on: device).requiringGradient()
    counts = try Tensor(members.counts, on: device)
    self.labels = try Tensor(labels.map(Int.init), on: device)
    self.members = try Tensor((0..<classCount).flatMap { members[$0].map(Int.init) }, on: device)
    var first = 0
    firstMembers = try Tensor(
      members.counts.map { count in
        defer { first += count }
        return first
      }, on: device)
  }

  /// The learned parameters, which a checkpoint stores.
  public var parameters: [NamedTensor] { [NamedTensor("class_scores", scores)] }

  /// The probability that a draw gives each class, `[classes]`.
  public func classProbabilities() throws -> Tensor {
    try withoutGradients { try (scores.detached().logSigmoid() + counts.to(scores.dtype).log()).softmax(alongAxis: 0) }
  }

  /// Draws a batch. Nothing is read by the host, so a draw can be part of a captured step.
  /// - Parameters:
  ///   - count: images to draw.
  ///   - seed: the run's seed.
  ///   - step: int64 without axes, on the device.
  public func draw(_ count: Int, seed: UInt64, step: Tensor) throws -> MetaDraw {
    let noise = GumbelNoise(seed: seed, step: step, draws: count)
    return try withoutGradients {
      let logProbabilities = try scores.detached().logSigmoid()
      switch drawing {
      // Its counter is read by the host, which a step on a GPU must not wait for.
      case .byImage where HostReads.areAllowed(on: scores.device):
        let drawn = try GumbelDrawKernel.draw(
          logProbabilities: logProbabilities, labels: labels, draws: count, generator: noise.generator,
          step: UInt64(clamping: step.integers()[0]))
        return MetaDraw(
          indices: drawn.indices, labels: try labels.entries(at: drawn.indices), shares: drawn.shares,
          classShares: drawn.classShares)
      case .byImage:
        return try MetaDraw.byImage(
          logProbabilities: logProbabilities, labels: labels, count: count, chunk: MetaSampler.chunk(draws: count)
        ) { try noise.values(firstItem: $0, count: $1) }
      case .byClass:
        let classes = counts.elementCount
        let drawn = try MetaDraw.byClass(
          logMasses: logProbabilities + counts.to(logProbabilities.dtype).log(),
          noise: noise.values(firstItem: 0, count: classes))
        let own = try counts.entries(at: drawn.labels)
        let places = try noise.places(below: own, after: classes)
        let images = try members.entries(at: firstMembers.entries(at: drawn.labels) + places)
        return MetaDraw(
          indices: images, labels: drawn.labels, shares: drawn.shares, classShares: drawn.classShares)
      }
    }
  }

  /// The gradient of a loss by the parameters, `[classes]`.
  ///
  /// With `c[b]` the weight of draw `b`, `soft` its softmax and `q[b, k]` the softmax's share of class `k`:
  /// `dL/dpsi[k] = (1 - s[k]) sum_b dL/dc[b] soft[b] ([y[b] = k] - q[b, k])`.
  /// - Parameters:
  ///   - draw: the draw.
  ///   - drawGradients: the gradient of the loss by each draw's weight, `[batch]`.
  public func gradient(of draw: MetaDraw, drawGradients: Tensor) throws -> Tensor {
    try draw.gradient(scores: scores.detached(), drawGradients: drawGradients)
  }

  /// Keeps the parameters within a distance of 0, so that no class stops learning.
  public func clampScores(to limit: Double) throws {
    try withoutGradients {
      let values = try scores.detached()
      try values.copy(from: values.clamped(from: -limit, to: limit))
    }
  }

  /// Images per pass: the noise of a chunk should fill a GPU and take little of its memory.
  private static func chunk(draws: Int) -> Int { max(64, (1 << 23) / max(1, draws)) }
}
