import Synchronization
import Torch

/// Numbers of operations, by kind.
public struct OperationCounts: Sendable, Codable, Equatable {
  /// Multiply-accumulates of convolutions.
  public var convolution = 0
  /// Multiply-accumulates of linear layers.
  public var linear = 0
  /// Multiply-accumulates of the two products inside attention.
  public var attention = 0
  /// Elements that normalisation layers give, each of them a multiplication and an addition; not part of the total.
  public var normalizedElements = 0

  /// No operations.
  public init() {}

  /// All multiply-accumulates: biases, normalisation, activations, pooling and additions count nothing.
  public var total: Int { convolution + linear + attention }
}

/// Counts the operations of layers while they are applied.
///
/// While something is counted, convolutions and linear layers only work out the shape of their result: the walk through
/// the network is its own forward pass, so what is counted is what would be computed.
public final class OperationCounter: Sendable {
  /// The counter of the present walk, or nil.
  @TaskLocal public static var current: OperationCounter?
  private let counts = Mutex(OperationCounts())

  private init() {}

  /// Counts what layers would compute in `body`. Nothing is trained or recorded meanwhile, and normalisation moves no
  /// running values.
  public static func count(_ body: () throws -> Void) throws -> OperationCounts {
    let counter = OperationCounter()
    try $current.withValue(counter) { try withoutGradients(body) }
    return counter.counts.withLock { $0 }
  }

  /// Adds operations of a layer.
  public func add(convolution: Int = 0, linear: Int = 0, attention: Int = 0, normalizedElements: Int = 0) {
    counts.withLock {
      $0.convolution += convolution
      $0.linear += linear
      $0.attention += attention
      $0.normalizedElements += normalizedElements
    }
  }

  /// A tensor that has a shape but only one element in memory: what a layer gives while it is counted.
  static func blank(_ shape: [Int], like input: Tensor) throws -> Tensor {
    try Tensor.zeros(shape.map { _ in 1 }, dtype: input.dtype, on: input.device).expanded(shape)
  }
}

extension Module {
  /// Counts what one application of this network to an image would compute.
  ///
  /// - Parameters:
  ///   - inputSize: the side of the square image, in pixels.
  ///   - apply: the network itself.
  public func operationCounts(inputSize: Int, _ apply: (Tensor) throws -> Void) throws -> OperationCounts {
    let device = allParameters.first?.tensor.device ?? .cpu
    return try OperationCounter.count { try apply(.zeros([1, 3, inputSize, inputSize], on: device)) }
  }
}
