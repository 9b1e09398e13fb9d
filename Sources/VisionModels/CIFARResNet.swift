import NeuralNetworks
import Torch

/// The residual network for 32-pixel pictures: a 3x3 stem and three stages of 16, 32 and 64 channels, with shortcuts that have no
/// parameters (option A: every second pixel, zeros for the new channels).
///
/// - Shapes: `[batch, 3, height, width]` to `[batch, 64]`.
/// - Source: Deep Residual Learning for Image Recognition, CVPR 2016, section 4.2.
public final class CIFARResNet: Module, Backbone {
  /// The channels of the last stage.
  public let featureCount: Int
  private let stem: Convolution2d
  private let stemNormalization: BatchNormalization2d
  private let stages: [[CIFARBlock]]

  /// Makes a network of `6 * blocksPerStage + 2` weighted layers.
  public init(blocksPerStage: Int, widths: [Int] = [16, 32, 64], using initializer: Initializer) throws {
    let first = widths.first ?? 16
    stem = try Convolution2d(inputs: 3, outputs: first, size: 3, padding: 1, using: initializer)
    stemNormalization = try BatchNormalization2d(channels: first, using: initializer)
    var inputs = first
    var stages: [[CIFARBlock]] = []
    for (index, width) in widths.enumerated() {
      var blocks: [CIFARBlock] = []
      for block in 0..<blocksPerStage {
        let stride = index > 0 && block == 0 ? 2 : 1
        blocks.append(try CIFARBlock(inputs: inputs, outputs: width, stride: stride, using: initializer))
        inputs = width
      }
      stages.append(blocks)
    }
    self.stages = stages
    featureCount = inputs
  }

  /// `conv1`, `bn1`, `layer1`, `layer2`, `layer3`.
  public override var children: [NamedModule] {
    [NamedModule("conv1", stem), NamedModule("bn1", stemNormalization)]
      + stages.enumerated().map { NamedModule("layer\($0.offset + 1)", Chain($0.element)) }
  }

  /// Computes features.
  public func callAsFunction(_ images: Tensor) throws -> Tensor {
    var value = try stemNormalization(stem(images))
    try value.rectify()
    for stage in stages {
      for block in stage { value = try block(value) }
    }
    return try value.mean(alongAxes: [2, 3])
  }

  /// Operations of all convolutions.
  public func operationCount(inputSize: Int) -> Int {
    var side = inputSize
    var count = stem.operationCount(side: &side)
    for block in stages.joined() { count += block.operationCount(side: &side) }
    return count
  }
}

/// Two 3x3 convolutions around a shortcut without parameters.
public final class CIFARBlock: Module, Layer {
  private let first: Convolution2d
  private let firstNormalization: BatchNormalization2d
  private let second: Convolution2d
  private let secondNormalization: BatchNormalization2d
  private let stride: Int
  private let newChannels: Int

  init(inputs: Int, outputs: Int, stride: Int, using initializer: Initializer) throws {
    first = try Convolution2d(inputs: inputs, outputs: outputs, size: 3, stride: stride, padding: 1, using: initializer)
    firstNormalization = try BatchNormalization2d(channels: outputs, using: initializer)
    second = try Convolution2d(inputs: outputs, outputs: outputs, size: 3, padding: 1, using: initializer)
    secondNormalization = try BatchNormalization2d(channels: outputs, using: initializer)
    self.stride = stride
    newChannels = outputs - inputs
  }

  /// `conv1`, `bn1`, `conv2`, `bn2`.
  public override var children: [NamedModule] {
    [
      NamedModule("conv1", first), NamedModule("bn1", firstNormalization), NamedModule("conv2", second),
      NamedModule("bn2", secondNormalization),
    ]
  }

  /// Applies the block.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    let inner = try firstNormalization(first(input))
    // What normalisation gives is needed by nothing else, so it is changed in place: that saves memory traffic, not bits.
    try inner.rectify()
    let result = try secondNormalization(second(inner))
    try result.add(shortcut(input))
    try result.rectify()
    return result
  }

  private func shortcut(_ input: Tensor) throws -> Tensor {
    guard stride > 1 || newChannels > 0 else { return input }
    let coarse = try stride == 1 ? input : input.sliced(axis: 2, step: stride).sliced(axis: 3, step: stride)
    let before = newChannels / 2
    return try coarse.padded([0, 0, 0, 0, before, newChannels - before])
  }

  func operationCount(side: inout Int) -> Int {
    first.operationCount(side: &side) + second.operationCount(side: &side)
  }
}

extension Convolution2d {
  /// Multiply-accumulates for one square picture; `side` becomes the side of the result.
  func operationCount(side: inout Int) -> Int {
    let size = weight.shape[2]
    side = (side + 2 * padding - size) / stride + 1
    return weight.elementCount * side * side
  }
}
