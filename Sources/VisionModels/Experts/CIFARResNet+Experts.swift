import NeuralNetworks

extension CIFARResNet: DivisibleBackbone {
  /// The channels of each stage.
  public var partWidths: [Int] { stageChannels }
  /// The first stage.
  public var usualSharedParts: Int { min(1, stages.count - 1) }

  /// Stem and first stages.
  public func trunk(parts: Int, shortcut: Shortcut?, using initializer: Initializer) throws -> any ExpertTrunk {
    let first = stageChannels.first ?? 16
    return StagedTrunk(
      try .small(channels: first, style: style, using: initializer),
      try (0..<parts).map { try stage($0, widths: stageChannels, shortcut: shortcut, using: initializer) })
  }

  /// The later stages.
  public func branch(_ shape: ExpertShape, using initializer: Initializer) throws -> any ExpertBranch {
    let own = try (shape.sharedParts..<shape.widths.count).map {
      try stage($0, widths: shape.widths, shortcut: shape.shortcut, using: initializer)
    }
    return StagedBranch(
      shape, stages: own,
      fusion: try fusion(
        shape, channels: shape.widths, usual: .single, style: style, using: initializer),
      features: shape.widths.last ?? 0)
  }

  private func stage(_ index: Int, widths: [Int], shortcut: Shortcut?, using initializer: Initializer) throws -> Chain {
    let inputs = index == 0 ? stageChannels[0] : widths[index - 1]
    let shortcut = shortcut ?? self.shortcut
    guard shortcut == .projection || widths[index] >= inputs else {
      throw ModelError.setting(
        name: "experts.widths", value: "\(widths[index])",
        expected: "at least the \(inputs) channels before, because shortcuts pad; or set experts.shortcut=projection")
    }
    return try CIFARResNet.stage(
      inputs: inputs, outputs: widths[index], blocks: blocksPerStage, stride: index == 0 ? 1 : 2, shortcut: shortcut,
      style: style, using: initializer)
  }
}
