/// Compares the kernels of softmax losses with LibTorch's operations.
package struct SoftmaxLossComparison {
  package var rows: Int
  package var classes: Int
  package var dtype = DType.float32
  package var hasOffset = false
  package var hasMargin = false
  package var hasWeights = false
  package var scale = 1.0
  package var labelSmoothing = 0.0
  /// The precision of the reference.
  package var reference = DType.float32
  /// The largest magnitude of a logit.
  package var size = 5.0

  package init(_ rows: Int, _ classes: Int, setting others: (inout SoftmaxLossComparison) -> Void = { _ in }) {
    self.rows = rows
    self.classes = classes
    others(&self)
  }

  /// The name of the comparison.
  package var name: String {
    "softmax loss \(dtype)[\(rows), \(classes)]" + (hasOffset ? " + offset" : "") + (hasMargin ? " + margin" : "")
      + (hasWeights ? " + weights" : "") + (scale != 1 ? " x \(scale)" : "")
      + (labelSmoothing > 0 ? ", smoothing \(labelSmoothing)" : "")
  }

  /// Compares losses and gradients.
  package func run(on device: Device, _ launcher: any KernelLauncher) throws -> [KernelAgreement] {
    var numbers = AgreementNumbers()
    let logits = try numbers.uniform([rows, classes], -size...size, dtype: dtype, on: device)
    let labels = try numbers.integers(rows, below: classes, on: device)
    let offset = try numbers.uniform([classes], -8 ... -1, on: device)
    let margin = try numbers.uniform([classes], 0...0.5, on: device) * scale
    let weights = try numbers.uniform([classes], 0.1...3, on: device)
    let form = SoftmaxLossForm(
      offset: hasOffset ? offset : nil, margin: hasMargin ? margin : nil, weights: hasWeights ? weights : nil,
      scale: scale, labelSmoothing: labelSmoothing)
    let actual = try logits.clone().requiringGradient()
    let expected = try logits.to(reference).clone().requiringGradient()
    guard let fused = try FusedSoftmaxLoss(form, launcher)(actual, labels: labels) else {
      throw TorchError.shape(function: name, expected: "logits that the kernel takes", actual: logits.summary)
    }
    let plain = try expected.plainSoftmaxLosses(labels, form: form)
    let rowWeights = try numbers.uniform([rows], 0.2...1, on: device)
    let limit = dtype == .bfloat16 ? 0x1p-8 : 2e-6
    var results = [try KernelAgreement(name + ": losses", fused, plain, limit: 2e-6)]
    for (part, weights) in [("gradient", rowWeights), ("gradient of the sum", nil)] {
      let shared = try Tensor.ones([1], on: device).expanded([rows])
      func gradient(_ losses: Tensor, _ logits: Tensor) throws -> Tensor? {
        try gradients(
          of: [losses], withRespectTo: [logits], weights: [(weights ?? shared).to(losses.dtype)], retainGraph: true)[0]
      }
      results.append(
        try KernelAgreement("\(name): \(part)", gradient(fused, actual), gradient(plain, expected), limit: limit))
    }
    return results
  }
}
