import Torch

/// An exponential moving average (EMA) of a module's parameters and floating-point buffers: `average += (1 - decay)
/// (value - average)`.
public final class ExponentialMovingAverage {
  /// The share of the average that each step keeps.
  public let decay: Double
  private let sources: [NamedTensor]
  fileprivate let averages: [Tensor]

  /// Starts from the module's current values.
  public init(of module: Module, decay: Double) throws {
    self.decay = decay
    sources = module.state.filter { $0.tensor.dtype.isFloatingPoint }
    averages = try sources.map { try $0.tensor.detached().clone() }
  }

  /// The averages, as `average.<path>`.
  public var state: [NamedTensor] { zip(sources, averages).map { NamedTensor("average." + $0.name, $1) } }

  /// Takes the module's values in after an update.
  public func update() throws {
    try withoutGradients {
      try TensorLists.interpolate(averages, towards: sources.map { try $0.tensor.detached() }, weight: 1 - decay)
    }
  }

  /// Calls `body` while the module holds the averages, then gives it its own values back, also when `body` throws.
  public func withEMA<Result>(_ body: () throws -> Result) throws -> Result {
    let own = try sources.map { try $0.tensor.detached().clone() }
    try replace(by: averages)
    let outcome = Swift.Result { try body() }
    try replace(by: own)
    return try outcome.get()
  }

  fileprivate func replace(by values: [Tensor]) throws {
    try withoutGradients { try TensorLists.copy(sources.map { try $0.tensor.detached() }, from: values) }
  }
}

extension ExponentialMovingAverage {
  /// Gives the module the averages for good.
  public func adopt() throws { try replace(by: averages) }
}
