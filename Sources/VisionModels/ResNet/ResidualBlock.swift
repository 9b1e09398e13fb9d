import NeuralNetworks
import Torch

/// A block of a residual network: two 3x3 convolutions (basic), or 1x1, 3x3 and 1x1 (bottleneck), around a shortcut.
/// The 3x3 convolution of a bottleneck is the one with the stride, as in torchvision.
///
/// - Source: Deep Residual Learning for Image Recognition, CVPR 2016; Aggregated Residual Transformations, CVPR 2017.
public final class ResidualBlock: Module, StackableLayer, ShortcutBlock {
  /// A convolution, its normalisation, and the activation after both; the last one acts after the shortcut is added.
  private struct Step {
    let convolution: Convolution2d
    let normalization: BatchNormalization2d
    let activation: Activation
  }

  private let steps: [Step]
  private let gate: NamedModule?
  private let gateLayer: (any Layer)?
  private let shortcut: ProjectionShortcut?

  /// Makes a block of a plan.
  /// - Parameters:
  ///   - inputs: channels that come.
  ///   - planes: the width by which the plan's stage is named.
  ///   - stride: pixels between neighbouring windows.
  ///   - plan: the kind of block, its groups and their width.
  ///   - style: activation and gate.
  ///   - initializer: the source of the initial weights.
  public init(
    inputs: Int, planes: Int, stride: Int, plan: ResNetPlan, style: ResidualStyle, using initializer: Initializer
  ) throws {
    let (width, outputs) = (plan.innerChannels(planes: planes), plan.outputChannels(planes: planes))
    func step(_ inputs: Int, _ outputs: Int, size: Int, stride: Int = 1, groups: Int = 1) throws -> Step {
      Step(
        convolution: try Convolution2d(
          inputs: inputs, outputs: outputs, size: size, stride: stride, padding: size / 2, groups: groups,
          start: .kaimingNormalOutputs, using: initializer),
        normalization: try BatchNormalization2d(channels: outputs, using: initializer),
        activation: Activation(try style.activation(initializer)))
    }
    steps =
      switch plan.block {
      case .basic:
        [try step(inputs, width, size: 3, stride: stride), try step(width, outputs, size: 3)]
      case .bottleneck:
        [
          try step(inputs, width, size: 1), try step(width, width, size: 3, stride: stride, groups: plan.groups),
          try step(width, outputs, size: 1),
        ]
      }
    gateLayer = try style.gate?(outputs, initializer)
    gate = gateLayer.map { NamedModule(style.gateName, $0) }
    let changes = stride != 1 || inputs != outputs
    shortcut =
      changes
      ? try ProjectionShortcut(inputs: inputs, outputs: outputs, stride: stride, using: initializer) : nil
  }

  /// The normalisation that gives what is added to the shortcut.
  var lastNormalization: BatchNormalization2d { steps[steps.count - 1].normalization }

  /// `conv1`, `bn1`, `act1`, …, the gate, `downsample`.
  public override var children: [NamedModule] {
    let parts = steps.enumerated().flatMap { index, step in
      [
        NamedModule("conv\(index + 1)", step.convolution), NamedModule("bn\(index + 1)", step.normalization),
        NamedModule("act\(index + 1)", step.activation),
      ]
    }
    return parts + (gate.map { [$0] } ?? []) + (shortcut.map { [NamedModule("downsample", $0)] } ?? [])
  }

  /// Applies the block.
  public func callAsFunction(_ input: Tensor) throws -> Tensor {
    var value = input
    for step in steps.dropLast() {
      value = try step.normalization(step.convolution(value), followedBy: step.activation)
    }
    let last = steps[steps.count - 1]
    value = try last.convolution(value)
    guard let gateLayer else {
      return try last.normalization(value, adding: shortcut?(input) ?? input, followedBy: last.activation)
    }
    value = try gateLayer(last.normalization(value))
    // What the gate gives is read by nothing else, so it is changed in place: that saves memory traffic, not bits.
    try value.add(shortcut?(input) ?? input)
    return try last.activation(value)
  }

  /// Applies several blocks, each to its share of the channels, with joined convolutions and normalisations.
  public func applied(with layers: [any Layer], to input: Tensor, sharesInput: Bool) throws -> Tensor {
    let blocks = layers.compactMap { $0 as? ResidualBlock }
    var value = input
    for index in steps.indices.dropLast() {
      let parts = blocks.map { $0.steps[index] }
      value = try BatchNormalization2d.apply(
        parts.map(\.normalization),
        to: LayerStack.apply(parts.map(\.convolution), to: value, sharesInput: sharesInput && index == 0),
        followedBy: parts.map(\.activation))
    }
    let parts = blocks.map { $0.steps[steps.count - 1] }
    value = try LayerStack.apply(parts.map(\.convolution), to: value)
    let residual = try shortcut(of: blocks, input, sharesInput: sharesInput)
    let gates = blocks.compactMap(\.gateLayer)
    guard gates.count == blocks.count else {
      return try BatchNormalization2d.apply(
        parts.map(\.normalization), to: value, adding: residual, followedBy: parts.map(\.activation))
    }
    let gated = try LayerStack.apply(gates, to: LayerStack.apply(parts.map(\.normalization), to: value))
    return try LayerStack.apply(parts.map(\.activation), to: gated + residual)
  }

  private func shortcut(of blocks: [ResidualBlock], _ input: Tensor, sharesInput: Bool) throws -> Tensor {
    let shortcuts = blocks.compactMap(\.shortcut)
    guard shortcuts.count == blocks.count else {
      return sharesInput ? try .concatenation(blocks.map { _ in input }, axis: 1) : input
    }
    return try LayerStack.apply(shortcuts, to: input, sharesInput: sharesInput)
  }
}
