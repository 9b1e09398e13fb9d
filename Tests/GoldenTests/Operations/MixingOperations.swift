import LongtailTestSupport
import Torch
import Transforms

/// Mixup and CutMix of a batch with given parameters.
let mixingOperations: [GoldenOperation] = [
  GoldenOperation("mix", book: "apa") { inputs in
    let (images, labels) = (try inputs.tensor("images"), try inputs.labelTensor("labels"))
    let isCut = try inputs.choice("kind", ["mixup": false, "cutmix": true])
    let pairs = try inputs.choice("pairing", ["flip": Augmentation.Mixing.Pairs.reversed, "roll": .rolled])
    let (classes, labelSmoothing) = (try inputs.integer("num_classes"), try inputs.number("label_smoothing"))
    let share = try inputs.number("lambda")
    let centre = try inputs.optional("centre") == nil ? [0, 0] : inputs.integers("centre")
    let batch = labels.elementCount
    func each(_ value: Double, _ dtype: DType = .int64) throws -> Tensor { try .full([batch], value, dtype: dtype) }
    let mixing = ImageMixing(
      shares: try each(share, .float64), isCut: try each(isCut ? 1 : 0).to(.bool),
      middle: (row: try each(Double(centre[0])), column: try each(Double(centre[1]))), pairs: pairs)
    let mixed = try mixing(images, labels: labels)
    func smoothed(_ labels: Tensor) throws -> Tensor {
      try labels.oneHot(classes: classes).to(.float64) * (1 - labelSmoothing) + labelSmoothing / Double(classes)
    }
    let own = try mixed.labels.ownShares.expandingAxis(1)
    let targets = try smoothed(labels) * own + smoothed(mixed.labels.others) * (1.0 - own)
    let span = try mixing.rectangle(height: images.shape[2], width: images.shape[3])
    let box = try [span.rows.first, span.rows.end, span.columns.first, span.columns.end].map { try $0.integers()[0] }
    return [
      "images": try GoldenOutput(mixed.images), "targets": try GoldenOutput(targets),
      "lambda_effective": .number(try mixed.labels.ownShares.doubles()[0]),
      "box_y1_y2_x1_x2": isCut ? .integers(box) : .null,
    ]
  }
]
