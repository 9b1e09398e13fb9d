import LongtailTestSupport
import NeuralNetworks
import Objectives
import Torch
import VisionModels

/// Networks of experts, put together from the parts that experts are made of.
let expertNetworkOperations: [GoldenOperation] = [
  GoldenOperation("ride_macs", book: "ride") { inputs in
    let parts = try ExpertParts(inputs)
    let (experts, shares) = (try inputs.integer("num_experts"), try inputs.numbers("fraction_stopping_at"))
    let perElement = try inputs.integer("ops_per_bn_element")
    let counts = try parts.counts()
    let (shared, own) = (
      counts.shared.total + perElement * counts.shared.normalizedElements,
      counts.expert.total + perElement * counts.expert.normalizedElements
    )
    let average = shares.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
    return [
      "shared_ops": .integer(shared), "per_expert_ops": .integer(own), "average_experts": .number(average),
      "expected_ops": .number(Double(shared) + Double(own) * average),
      "all_experts_ops": .integer(shared + own * experts),
    ]
  },
  GoldenOperation("shike_dkf", book: "shike") { inputs in
    let (deep, shallow, weight) = (
      try inputs.leaf("deep_map"), try inputs.leaf("shallow_map"), try inputs.leaf("weight")
    )
    let labels = try inputs.labelTensor("targets")
    let feature = try (deep * shallow).mean(alongAxes: [2, 3])
    let logits = try NormalizedLinear.products(feature, weight: weight.transposed()) * inputs.number("s")
    let loss = try CrossEntropy().loss(logits: logits, labels: labels)
    return try [
      "fused_feature": GoldenOutput(feature), "logits": GoldenOutput(logits), "loss": GoldenOutput(loss),
    ].merging(gradientOutputs(of: loss, ["deep_map": deep, "shallow_map": shallow, "weight": weight])) { $1 }
  },
  GoldenOperation("parameter_count", book: "mdcs") { inputs in
    let settings = try inputs.matrix("settings")
    let rows = (0..<settings.rows).map { row in
      settings.values[row * settings.columns..<(row + 1) * settings.columns].map { Int($0) }
    }
    let used = try rows.map { row in
      let parts = try ExpertParts(cifarWidths: [row[2], row[3]], classes: row[0])
      return parts.parameterCounts.shared + row[1] * parts.parameterCounts.expert
    }
    return [
      "parameters": .integers(used),
      // Two classifiers and a small network that are never used.
      "with_unused_published_modules": .integers(zip(used, rows).map { $0 + 2 * $1[3] * $1[0] + 304 }),
    ]
  },
]

/// The shared part of a network, and one expert with its head.
private struct ExpertParts {
  private let shared: [any Layer]
  private let expert: [any Layer]
  private let head: NormalizedLinear
  private let side: Int

  /// Reads `arch`, the widths and the number of classes.
  init(_ inputs: GoldenInputs) throws {
    let widths = [try inputs.integer("width_stage_a"), try inputs.integer("width_stage_b")]
    let classes = try inputs.integer("num_classes")
    let plans: [String: ResNetPlan?] = [
      "resnet32": nil, "resnet50": .resNet50, "resnext50": .resNet50.grouped(32, width: 4),
    ]
    if let plan = try inputs.choice("arch", plans) {
      try self.init(plan, widths: widths, classes: classes)
    } else {
      try self.init(cifarWidths: widths, classes: classes)
    }
  }

  /// A network of 32 layers whose experts begin behind the first stage.
  init(cifarWidths widths: [Int], classes: Int) throws {
    let initializer = Initializer(seed: 0)
    func stage(_ inputs: Int, _ outputs: Int, stride: Int) throws -> Chain {
      try CIFARResNet.stage(inputs: inputs, outputs: outputs, blocks: 5, stride: stride, using: initializer)
    }
    shared = [try ResidualStem.small(channels: 16, using: initializer), try stage(16, 16, stride: 1)]
    expert = [try stage(16, widths[0], stride: 2), try stage(widths[0], widths[1], stride: 2)]
    head = try NormalizedLinear(inputs: widths[1], outputs: classes, scale: 30, using: initializer)
    side = 32
  }

  /// A network for large pictures whose experts begin behind the second stage.
  private init(_ plan: ResNetPlan, widths: [Int], classes: Int) throws {
    let initializer = Initializer(seed: 0)
    shared = [
      try ResidualStem.large(channels: plan.stemChannels, using: initializer), try plan.stage(0, using: initializer),
      try plan.stage(1, using: initializer),
    ]
    expert = [
      try plan.stage(2, planes: widths[0], using: initializer),
      try plan.stage(
        3, inputs: plan.outputChannels(planes: widths[0]), planes: widths[1], using: initializer),
    ]
    head = try NormalizedLinear(
      inputs: plan.outputChannels(planes: widths[1]), outputs: classes, scale: 30, using: initializer)
    side = 224
  }

  var parameterCounts: (shared: Int, expert: Int) {
    func count(_ layers: [any Layer]) -> Int {
      layers.flatMap(\.allParameters).reduce(0) { $0 + $1.tensor.elementCount }
    }
    return (count(shared), count(expert + [head]))
  }

  func counts() throws -> (shared: OperationCounts, expert: OperationCounts) {
    var map = try Tensor.zeros([1, 3, side, side])
    let shared = try OperationCounter.count { for layer in self.shared { map = try layer(map) } }
    let expert = try OperationCounter.count {
      var map = map
      for layer in self.expert { map = try layer(map) }
      _ = try head(map.mean(alongAxes: [2, 3]))
    }
    return (shared, expert)
  }
}
