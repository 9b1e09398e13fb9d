import NeuralNetworks
import Torch

/// The residual network for 32-pixel images: a 3x3 stem and three stages of 16, 32 and 64 channels.
///
/// - Shapes: `[batch, 3, height, width]` to `[batch, 64]`.
/// - Source: Deep Residual Learning for Image Recognition, CVPR 2016, section 4.2.
public final class CIFARResNet: Module, StagedBackbone {
  /// How the shortcut of a block works where channels or sizes change.
  public enum Shortcut: String, Sendable, Codable {
    /// Option A: every second pixel, zeros for the new channels; no parameters.
    case padding
    /// Option B: a 1x1 convolution and a normalisation.
    case projection
  }

  /// The channels of the last stage.
  public var featureCount: Int { stageChannels.last ?? 0 }
  /// Convolution, normalisation and activation.
  public let stem: ResidualStem
  /// The stages.
  public let stages: [Chain]
  /// The channels that each stage gives.
  public let stageChannels: [Int]
  /// Blocks of each stage.
  let blocksPerStage: Int
  /// Activation and gate.
  let style: ResidualStyle
  /// The shortcut of the blocks.
  let shortcut: Shortcut

  /// Makes a network of `6 * blocksPerStage + 2` weighted layers.
  public init(
    blocksPerStage: Int, widths: [Int] = [16, 32, 64], shortcut: Shortcut = .padding, style: ResidualStyle = .plain,
    using initializer: Initializer
  ) throws {
    let first = widths.first ?? 16
    stem = try .small(channels: first, style: style, using: initializer)
    stages = try widths.enumerated().map { index, width in
      try CIFARResNet.stage(
        inputs: index == 0 ? first : widths[index - 1], outputs: width, blocks: blocksPerStage,
        stride: index == 0 ? 1 : 2, shortcut: shortcut, style: style, using: initializer)
    }
    stageChannels = widths
    (self.blocksPerStage, self.style, self.shortcut) = (blocksPerStage, style, shortcut)
  }

  /// Makes a stage of its own, such as an expert's.
  public static func stage(
    inputs: Int, outputs: Int, blocks: Int, stride: Int, shortcut: Shortcut = .padding, style: ResidualStyle = .plain,
    using initializer: Initializer
  ) throws -> Chain {
    Chain(
      try (0..<blocks).map { block in
        try CIFARBlock(
          inputs: block == 0 ? inputs : outputs, outputs: outputs, stride: block == 0 ? stride : 1, shortcut: shortcut,
          style: style, using: initializer)
      })
  }

  /// `conv1`, `bn1`, `layer1`, `layer2`, `layer3`.
  public override var children: [NamedModule] { stagedChildren }
}

/// Two 3x3 convolutions around a shortcut.
public final class CIFARBlock: Module, StackableLayer, SharedEntryLayer, ShortcutBlock {
  private let first: Convolution2d
  private let firstNormalization: BatchNormalization2d
  private let second: Convolution2d
  private let secondNormalization: BatchNormalization2d
  private let firstActivation: Activation
  private let secondActivation: Activation
  private let gate: (any Layer)?
  private let gateName: String
  private let projection: ProjectionShortcut?
  private let stride: Int
  private let newChannels: Int

  init(
    inputs: Int, outputs: Int, stride: Int, shortcut: CIFARResNet.Shortcut, style: ResidualStyle,
    using initializer: Initializer
  ) throws {
    first = try Convolution2d(inputs: inputs, outputs: outputs, size: 3, stride: stride, padding: 1, using: initializer)
    firstNormalization = try BatchNormalization2d(channels: outputs, using: initializer)
    second = try Convolution2d(inputs: outputs, outputs: outputs, size: 3, padding: 1, using: initializer)
    secondNormalization = try BatchNormalization2d(channels: outputs, using: initializer)
    firstActivation = Activation(try style.activation(initializer))
    secondActivation = Activation(try style.activation(initializer))
    gate = try style.gate?(outputs, initializer)
    gateName = style.gateName
    self.stride = stride
    newChannels = outputs - inputs
    let projects = shortcut == .projection && (stride > 1 || newChannels != 0)
    projection =
      projects
      ? try ProjectionShortcut(
        inputs: inputs, outputs: outputs, stride: stride, start: .kaimingNormal, using: initializer) : nil
  }

  /// The normalisation that gives what is added to the shortcut.
  var lastNormalization: BatchNormalization2d { secondNormalization }

  /// `conv1`, `bn1`, `act1`, `conv2`, `bn2`, `act2`, the gate, and with option B `downsample`.
  public override var children: [NamedModule] {
    [
      NamedModule("conv1", first), NamedModule("bn1", firstNormalization), NamedModule("act1", firstActivation),
      NamedModule("conv2", second), NamedModule("bn2", secondNormalization), NamedModule("act2", secondActivation),
    ] + (gate.map { [NamedModule(gateName, $0)] } ?? []) + (projection.map { [NamedModule("downsample", $0)] } ?? [])
  }

  /// Applies the block.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    try finish(firstNormalization(first(input), followedBy: firstActivation), adding: shortcut(input))
  }

  /// Everything behind the first activation.
  private func finish(_ inner: Tensor, adding shortcut: Tensor) throws -> Tensor {
    guard let gate else {
      return try secondNormalization(second(inner), adding: shortcut, followedBy: secondActivation)
    }
    let value = try gate(secondNormalization(second(inner)))
    // What the gate gives is needed by nothing else, so it is changed in place: that saves memory traffic, not bits.
    try value.add(shortcut)
    return try secondActivation(value)
  }

  /// Applies several blocks to the same input, with joined first convolutions and normalisations, and gives the output
  /// of each.
  func entered(with layers: [any Layer], by input: Tensor) throws -> [Tensor] {
    let blocks = layers.compactMap { $0 as? CIFARBlock }
    let inner = try BatchNormalization2d.apply(
      blocks.map(\.firstNormalization),
      to: LayerStack.apply(blocks.map(\.first), to: input, sharesInput: true),
      followedBy: blocks.map(\.firstActivation))
    // Without parameters the shortcut is the same for all.
    let common = try blocks.contains { $0.projection != nil } ? nil : shortcut(input)
    return try zip(blocks, LayerStack.shares(of: inner, count: blocks.count)).map { block, share in
      try block.finish(share, adding: common ?? block.shortcut(input))
    }
  }

  /// Applies several blocks, each to its share of the channels, with joined convolutions and normalisations.
  public func applied(with layers: [any Layer], to input: Tensor, sharesInput: Bool) throws -> Tensor {
    let blocks = layers.compactMap { $0 as? CIFARBlock }
    let inner = try BatchNormalization2d.apply(
      blocks.map(\.firstNormalization),
      to: LayerStack.apply(blocks.map(\.first), to: input, sharesInput: sharesInput),
      followedBy: blocks.map(\.firstActivation))
    let outer = try LayerStack.apply(blocks.map(\.second), to: inner)
    let shortcut = try shortcut(of: blocks, input, sharesInput: sharesInput)
    let gates = blocks.compactMap(\.gate)
    guard gates.count == blocks.count else {
      return try BatchNormalization2d.apply(
        blocks.map(\.secondNormalization), to: outer, adding: shortcut, followedBy: blocks.map(\.secondActivation))
    }
    let value = try LayerStack.apply(gates, to: LayerStack.apply(blocks.map(\.secondNormalization), to: outer))
    return try LayerStack.apply(blocks.map(\.secondActivation), to: value + shortcut)
  }

  private func shortcut(of blocks: [CIFARBlock], _ input: Tensor, sharesInput: Bool) throws -> Tensor {
    let projections = blocks.compactMap(\.projection)
    if projections.count == blocks.count {
      return try LayerStack.apply(projections, to: input, sharesInput: sharesInput)
    }
    guard stride > 1 || newChannels > 0 || sharesInput else { return input }
    let shares = try sharesInput ? [input] : LayerStack.shares(of: input, count: blocks.count)
    let padded = try shares.map(shortcut)
    return try .concatenation(sharesInput ? blocks.flatMap { _ in padded } : padded, axis: 1)
  }

  private func shortcut(_ input: Tensor) throws -> Tensor {
    if let projection { return try projection(input) }
    guard stride > 1 || newChannels > 0 else { return input }
    let coarse = try stride == 1 ? input : input.sliced(axis: 2, step: stride).sliced(axis: 3, step: stride)
    let before = newChannels / 2
    return try coarse.padded([0, 0, 0, 0, before, newChannels - before])
  }
}
