import Torch

/// The `lambda` and `kappa` of an adaptive parametric activation: one pair for all elements, or one per channel.
public struct CurveParameters {
  /// What shares a pair.
  public enum Sharing: Sendable, Equatable {
    /// All elements.
    case shared
    /// The elements of a channel of images `[batch, channels, height, width]`.
    case channels(Int)
    /// The elements of a channel of tokens `[…, channels]`.
    case tokenChannels(Int)

    var shape: [Int] {
      switch self {
      case .shared: [1]
      case .channels(let count): [1, count, 1, 1]
      case .tokenChannels(let count): [count]
      }
    }
  }

  /// How a raw value that is trained without bounds becomes a positive `lambda`.
  public enum Positivity: String, Sendable, Codable, CaseIterable {
    /// `max(raw, 1e-4)`: the published gates and detectors.
    case floor
    /// `max(raw, 0) + 1e-8`: the published units of classifiers.
    case shifted

    /// The positive value. At and below its bound a raw value gets no gradient any more.
    public func lambda(_ raw: Tensor) throws -> Tensor {
      switch self {
      case .floor: try raw.selected(where: raw.isGreater(than: 1e-4), else: 1e-4)
      case .shifted: try raw.relu() + 1e-8
      }
    }
  }

  /// What is trained of `lambda`.
  public let rawLambda: Tensor
  /// `kappa`
  public let kappa: Tensor
  /// How `lambda` is kept positive.
  public let positivity: Positivity
  /// Whether the pair is trained; if not, it is saved as a buffer.
  public let isTrained: Bool

  /// Draws a pair, each value uniform in its range.
  public init(
    lambda: ClosedRange<Double>, kappa: ClosedRange<Double>, sharing: Sharing = .shared, positivity: Positivity,
    isTrained: Bool = true, using initializer: Initializer
  ) throws {
    rawLambda = try initializer.uniform(sharing.shape, from: lambda.lowerBound, to: lambda.upperBound)
    self.kappa = try initializer.uniform(sharing.shape, from: kappa.lowerBound, to: kappa.upperBound)
    self.positivity = positivity
    self.isTrained = isTrained
    if !isTrained { for tensor in [rawLambda, self.kappa] { try tensor.requiringGradient(false) } }
  }

  /// The positive `lambda`.
  public func lambda() throws -> Tensor { try positivity.lambda(rawLambda) }

  /// Both under the names of the published networks.
  public var named: [NamedTensor] { [NamedTensor("lambda_param", rawLambda), NamedTensor("kappa_param", kappa)] }
}

extension Module {
  /// The curves of adaptive activations and gates below this module, with their paths, in the order of its parts.
  public final var adaptiveCurves: [(path: String, curve: CurveParameters)] {
    allModules.compactMap { part in
      switch part.module {
      case let unit as AGLU: (part.name, unit.curve)
      case let gate as APAGate: (part.name, gate.curve)
      default: nil
      }
    }
  }
}
