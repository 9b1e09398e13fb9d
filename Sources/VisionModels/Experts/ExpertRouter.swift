import NeuralNetworks
import Torch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Routers that decide, from the mean logits of the experts so far and the features of the last one, whether the next
/// expert is computed.
///
/// Router `g` stands behind expert `g` and has a hidden layer of its own; all share the output layer. Keys are
/// `hidden.<g>` and `output`.
/// - Source: Long-tailed Recognition by Routing Diverse Distribution-Aware Experts, ICLR 2021, and its published code.
public final class ExpertRouter: Module {
  /// How many of the highest mean logits a router sees.
  public let topLogits: Int
  /// The logit above which the next expert is computed.
  public let threshold: Double
  private let hidden: [Linear]
  private let output: Linear

  /// Makes the routers.
  /// - Parameters:
  ///   - features: the length of the features that each router sees, one number per router.
  ///   - classes: the number of classes.
  ///   - settings: the number of logits and hidden units, and the threshold.
  ///   - initializer: the source of the initial weights.
  /// - Throws: `ModelError.setting` for settings outside their ranges.
  public init(features: [Int], classes: Int, settings: RoutingSettings = .init(), using initializer: Initializer) throws
  {
    for (name, value) in [("topLogits", settings.topLogits), ("hidden", settings.hidden)] where value < 1 {
      throw ModelError.setting(name: "experts.routing.\(name)", value: "\(value)", expected: "at least 1")
    }
    guard settings.threshold > 0, settings.threshold < 1 else {
      throw ModelError.setting(
        name: "experts.routing.threshold", value: "\(settings.threshold)", expected: "between 0 and 1, both excluded")
    }
    topLogits = min(settings.topLogits, classes)
    threshold = log(settings.threshold / (1 - settings.threshold))
    hidden = try features.map { try Linear(inputs: $0, outputs: settings.hidden, using: initializer) }
    output = try Linear(inputs: topLogits + settings.hidden, outputs: 1, using: initializer)
  }

  /// `hidden`, `output`.
  public override var children: [NamedModule] {
    [NamedModule("hidden", Chain(hidden)), NamedModule("output", output)]
  }

  /// The number of routers.
  public var count: Int { hidden.count }

  /// The logit of one router, `[batch]`.
  /// - Parameters:
  ///   - step: the router, from 0.
  ///   - meanLogits: the mean logits of the experts up to the router's, `[batch, classes]`.
  ///   - features: the features of the router's expert, of any length, `[batch, features]`.
  public func logits(ofStep step: Int, meanLogits: Tensor, features: Tensor) throws -> Tensor {
    let layer = hidden[step]
    return try Self.logits(
      meanLogits: meanLogits, features: features, hidden: (layer.weight, layer.bias),
      output: (output.weight, output.bias), topLogits: topLogits)
  }

  /// The logits of all routers, each `[batch]`.
  public func callAsFunction(expertLogits: [Tensor], expertFeatures: [Tensor]) throws -> [Tensor] {
    let means = try Self.runningMeans(expertLogits)
    return try (0..<min(count, means.count)).map {
      try logits(ofStep: $0, meanLogits: means[$0], features: expertFeatures[$0])
    }
  }

  /// The formula of one router: an output layer over the highest mean logits in falling order, followed by rectified
  /// hidden units of the feature's direction; `[batch]`.
  /// - Parameters:
  ///   - meanLogits: `[batch, classes]`.
  ///   - features: `[batch, features]`.
  ///   - hidden: weight `[units, features]` and bias `[units]`.
  ///   - output: weight `[1, topLogits + units]` and bias `[1]`.
  ///   - topLogits: how many of the mean logits are seen.
  public static func logits(
    meanLogits: Tensor, features: Tensor, hidden: (weight: Tensor, bias: Tensor?),
    output: (weight: Tensor, bias: Tensor?), topLogits: Int
  ) throws -> Tensor {
    let units = try features.directions(alongAxis: 1).linear(weight: hidden.weight, bias: hidden.bias).relu()
    // Mixed precision gives both in types of their own.
    let highest = try meanLogits.top(topLogits, alongAxis: 1).values.to(units.dtype)
    return try Tensor.concatenation([highest, units], axis: 1).linear(weight: output.weight, bias: output.bias)
      .squeezed(axis: 1)
  }

  /// The mean logits of the first expert, of the first two, and so on, each `[batch, classes]`.
  public static func runningMeans(_ expertLogits: [Tensor]) throws -> [Tensor] {
    var sum: Tensor?
    return try expertLogits.enumerated().map { index, logits in
      let next = try sum.map { try $0 + logits } ?? logits
      sum = next
      return index == 0 ? next : try next * (1 / Double(index + 1))
    }
  }

  /// Which experts count when all are computed: expert 0, and each further one until a router stops an image.
  /// - Parameters:
  ///   - expertLogits: the logits of each expert, `[batch, classes]`.
  ///   - routerLogits: the logit of each router, `[batch]`, one fewer than experts.
  ///   - threshold: the logit above which the next expert is computed.
  public static func route(expertLogits: [Tensor], routerLogits: [Tensor], threshold: Double = 0) throws -> RoutedOutput
  {
    let means = try runningMeans(expertLogits)
    var result = means[0]
    var used = try Tensor.ones([result.shape[0]], dtype: .int64, on: result.device)
    var goesOn: Tensor?
    for (mean, gate) in zip(means.dropFirst(), routerLogits) {
      let asked = try gate.isGreater(than: threshold)
      let active = try goesOn.map { try $0.and(asked) } ?? asked
      result = try mean.selected(where: active.expandingAxis(1), else: result)
      used = try used + active.to(.int64)
      goesOn = active
    }
    return RoutedOutput(logits: result, expertsUsed: used)
  }
}
