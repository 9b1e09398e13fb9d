import NeuralNetworks

extension ResNet: DivisibleBackbone {
  /// The planes of each stage.
  public var partWidths: [Int] { plan.planes }
  /// The first two stages.
  public var usualSharedParts: Int { min(2, stages.count - 1) }

  /// Stem and first stages.
  public func trunk(
    parts: Int, shortcut: CIFARResNet.Shortcut?, using initializer: Initializer
  ) throws -> any ExpertTrunk {
    try check(shortcut)
    return StagedTrunk(
      try .large(channels: plan.stemChannels, style: style, using: initializer),
      try (0..<parts).map { try plan.stage($0, style: style, using: initializer) })
  }

  /// The later stages.
  public func branch(_ shape: ExpertShape, using initializer: Initializer) throws -> any ExpertBranch {
    try check(shape.shortcut)
    let channels = shape.widths.map(plan.outputChannels)
    let own = try (shape.sharedParts..<shape.widths.count).map { index in
      let width = shape.widths[index]
      guard plan.innerChannels(planes: width) > 0 else {
        let least = (63 + plan.widthPerGroup) / plan.widthPerGroup
        throw ModelError.setting(
          name: "experts.widths", value: "\(width)",
          expected: "planes of at least \(least), so that a group has a channel")
      }
      return try plan.stage(
        index, inputs: index == 0 ? plan.stemChannels : channels[index - 1], planes: width, style: style,
        using: initializer)
    }
    return StagedBranch(
      shape, stages: own,
      fusion: try fusion(
        shape, channels: channels, usual: .between, style: style, using: initializer),
      features: channels.last ?? 0)
  }

  private func check(_ shortcut: CIFARResNet.Shortcut?) throws {
    guard shortcut == .padding else { return }
    throw ModelError.setting(
      name: "experts.shortcut", value: "padding",
      expected: "projection or null for large networks, whose shortcuts project")
  }
}
