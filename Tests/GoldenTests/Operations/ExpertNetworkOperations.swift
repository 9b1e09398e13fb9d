import LongtailTestSupport
import ModelEvaluation
import NeuralNetworks
import Objectives
import Torch
import VisionModels

/// Networks of experts: their size, their operations, and the fusion of maps.
let expertNetworkOperations: [GoldenOperation] = [
  GoldenOperation("ride_macs", book: "ride") { inputs in
    let backbones = ["resnet32": "resnet32", "resnet50": "resnet50", "resnext50": "resnext50_32x4d"]
    let backbone = try inputs.choice("arch", backbones)
    let network = try experts(
      of: backbone, count: inputs.integer("num_experts"),
      widths: [inputs.integer("width_stage_a"), inputs.integer("width_stage_b")],
      classes: inputs.integer("num_classes"))
    let operations = try network.expertOperations(inputSize: BackboneRegistry.backbone(named: backbone).inputSize)
    let (shares, perElement) = (
      try inputs.numbers("fraction_stopping_at"), try inputs.integer("ops_per_bn_element")
    )
    func total(_ counts: OperationCounts) -> Int { ExpertOperations.total(counts, perNormalizedElement: perElement) }
    return [
      "shared_ops": .integer(total(operations.shared)), "per_expert_ops": .integer(total(operations.experts[0])),
      "average_experts": .number(ExpertResult.Routing.mean(shares)),
      "expected_ops": .number(
        try operations.expected(stoppingFractions: shares, perNormalizedElement: perElement)),
      "all_experts_ops": .integer(operations.all(perNormalizedElement: perElement)),
    ]
  },
  GoldenOperation("shike_dkf", book: "shike") { inputs in
    let (deep, shallow, weight) = (
      try inputs.leaf("deep_map"), try inputs.leaf("shallow_map"), try inputs.leaf("weight")
    )
    let labels = try inputs.labelTensor("targets")
    let feature = try DepthFusion.feature(deep: deep, shallow: shallow)
    let logits = try NormalizedLinear.products(feature, weight: weight.transposed()) * inputs.number("s")
    let loss = try CrossEntropyLoss().loss(logits: logits, labels: labels)
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
      try experts(of: "resnet32", count: row[1], widths: [row[2], row[3]], classes: row[0]).parameterCount
    }
    return [
      "parameters": .integers(used),
      // Two classifiers and a small network that are never used.
      "with_unused_published_modules": .integers(zip(used, rows).map { $0 + 2 * $1[3] * $1[0] + 304 }),
    ]
  },
]

private func experts(of backbone: String, count: Int, widths: [Int], classes: Int) throws -> ExpertClassifier {
  try BackboneRegistry.backbone(named: backbone).experts(
    ExpertSettings { ($0.count, $0.widths) = (count, widths) }, head: .cosine(scale: 30), classes: classes,
    using: .shapesOnly())
}
