/// The backbones that can be chosen by name.
public enum BackboneRegistry {
  /// All of them, by family.
  public static let all: [BackboneDescription] = cifar + residual + gated + transformers

  /// The backbone of a name.
  /// - Throws: `UnknownBackbone` with all names.
  public static func backbone(named name: String) throws -> BackboneDescription {
    guard let found = all.first(where: { $0.name == name }) else { throw UnknownBackbone(name: name) }
    return found
  }

  private static let cifar = [3, 5, 7, 9].map { blocks in
    BackboneDescription(
      name: "resnet\(6 * blocks + 2)", summary: "CIFAR ResNet-\(6 * blocks + 2), option-A shortcuts, 16-32-64 channels",
      family: .cifar, inputSize: 32, pixels: .cifar
    ) { try CIFARResNet(blocksPerStage: blocks, style: $1, using: $0) }
  }

  private static let residual = [
    residual("resnet10", "ResNet-10, basic blocks", .resNet10),
    residual("resnet18", "ResNet-18, basic blocks", .resNet18),
    residual("resnet34", "ResNet-34, basic blocks", .resNet34),
    residual("resnet50", "ResNet-50, bottleneck blocks", .resNet50),
    residual("resnet101", "ResNet-101, bottleneck blocks", .resNet101),
    residual("resnet152", "ResNet-152, bottleneck blocks", .resNet152),
    residual("resnext50_32x4d", "ResNeXt-50, 32 groups of 4 channels", .resNet50.grouped(32, width: 4)),
    residual("resnext101_32x4d", "ResNeXt-101, 32 groups of 4 channels", .resNet101.grouped(32, width: 4)),
    residual("resnext101_32x8d", "ResNeXt-101, 32 groups of 8 channels", .resNet101.grouped(32, width: 8)),
    residual("wide_resnet50_2", "ResNet-50, twice as wide inside", .resNet50.grouped(1, width: 128)),
    residual("wide_resnet101_2", "ResNet-101, twice as wide inside", .resNet101.grouped(1, width: 128)),
  ]

  private static let gated = [
    gated("seresnet18", "ResNet-18 with squeeze-and-excitation", .resNet18),
    gated("seresnet34", "ResNet-34 with squeeze-and-excitation", .resNet34),
    gated("seresnet50", "ResNet-50 with squeeze-and-excitation", .resNet50),
    gated("seresnet101", "ResNet-101 with squeeze-and-excitation", .resNet101),
    gated("seresnet152", "ResNet-152 with squeeze-and-excitation", .resNet152),
    gated("seresnext50_32x4d", "ResNeXt-50 with squeeze-and-excitation", .resNet50.grouped(32, width: 4)),
    gated("seresnext101_32x4d", "ResNeXt-101 with squeeze-and-excitation", .resNet101.grouped(32, width: 4)),
  ]

  private static let transformers: [BackboneDescription] = {
    let sizes: [(name: String, plan: VisionTransformerPlan)] = [("tiny", .tiny), ("small", .small), ("base", .base)]
    return sizes.map { transformer("vit_\($0.name)_patch16_224", "ViT, \($0.name)", $0.plan, pixels: .half) }
      + sizes.map { transformer("deit_\($0.name)_patch16_224", "DeiT, \($0.name)", $0.plan) }
      + sizes.map {
        var plan = $0.plan
        plan.hasDistillationToken = true
        return transformer(
          "deit_\($0.name)_distilled_patch16_224", "DeiT, \($0.name), with a distillation token", plan)
      }
  }()

  private static func residual(_ name: String, _ summary: String, _ plan: ResNetPlan) -> BackboneDescription {
    BackboneDescription(name: name, summary: summary, family: .residual, inputSize: 224, pixels: .imageNet) {
      try ResNet(plan, style: $1, using: $0)
    }
  }

  private static func gated(_ name: String, _ summary: String, _ plan: ResNetPlan) -> BackboneDescription {
    BackboneDescription(
      name: name, summary: summary, family: .residual, inputSize: 224, pixels: .imageNet, style: .squeezeExcitation
    ) { try ResNet(plan, style: $1, using: $0) }
  }

  private static func transformer(
    _ name: String, _ summary: String, _ plan: VisionTransformerPlan, pixels: BackboneDescription.Pixels = .imageNet
  ) -> BackboneDescription {
    BackboneDescription(
      name: name, summary: "\(summary): \(plan.width) channels, \(plan.depth) blocks, \(plan.heads) heads",
      family: .transformer, inputSize: plan.inputSize, pixels: pixels
    ) { initializer, options in
      guard options.gate == .default else {
        throw ModelError.setting(
          name: "model.gate", value: options.gate.rawValue,
          expected: "default for \(name): only residual networks have blocks with gates")
      }
      var plan = plan
      plan.dropPath = options.dropPath
      plan.dropout = options.dropout
      return try VisionTransformer(plan, using: initializer)
    }
  }
}

/// A backbone name that is not in the registry.
public struct UnknownBackbone: Error, CustomStringConvertible, Sendable {
  /// The unknown name.
  public let name: String
  /// The name and what could be chosen.
  public var description: String {
    "unknown backbone '\(name)'; choose one of \(BackboneRegistry.all.map(\.name).joined(separator: ", "))"
  }
}
