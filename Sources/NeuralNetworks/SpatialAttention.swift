import Torch

/// Scales each position by a share that is computed from the maxima and means over channels around it. Keys are `conv`,
/// `bn` and `gate`.
///
/// - Shapes: `[batch, channels, height, width]` to the same.
/// - Source: CBAM: Convolutional Block Attention Module, ECCV 2018, equation 3.
public final class SpatialAttention: Module, Layer {
  private let convolution: Convolution2d
  private let normalization: BatchNormalization2d
  private let gate: any Layer

  /// Makes a layer.
  /// - Parameters:
  ///   - size: the side of the window in pixels; odd.
  ///   - gate: what turns values into shares; nil for a sigmoid.
  ///   - start: the initial weights of the window.
  ///   - initializer: the source of the initial weights.
  public init(
    size: Int = 7, gate: (any Layer)? = nil, start: Convolution2d.Start = .kaimingNormal,
    using initializer: Initializer
  ) throws {
    precondition(size % 2 == 1, "a window around a place has an odd side, not \(size)")
    convolution = try Convolution2d(
      inputs: 2, outputs: 1, size: size, padding: size / 2, start: start, using: initializer)
    normalization = try BatchNormalization2d(channels: 1, using: initializer)
    self.gate = gate ?? Sigmoid()
  }

  /// `conv`, `bn`, `gate`.
  public override var children: [NamedModule] {
    [NamedModule("conv", convolution), NamedModule("bn", normalization), NamedModule("gate", gate)]
  }

  /// Scales the positions.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    let pooled = try Tensor.concatenation(
      [input.max(alongAxes: [1], keepingAxes: true), input.mean(alongAxes: [1], keepingAxes: true)], axis: 1)
    return try input * gate(normalization(convolution(pooled)))
  }
}
