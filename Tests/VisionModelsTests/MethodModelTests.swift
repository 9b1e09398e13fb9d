import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch
import VisionModels

/// Models with projections, two heads, or calibrated pooling.
@Suite struct MethodModelTests {
  private func backbone(_ seed: UInt64 = 1) throws -> CIFARResNet {
    try CIFARResNet(blocksPerStage: 1, using: Initializer(seed: seed))
  }

  private func images() throws -> Tensor {
    var generator = SeededGenerator(seed: 9)
    return try generator.uniform([2, 3, 32, 32], -2, 2)
  }

  @Test func projectionsAreWhatTheHeadSees() throws {
    let initializer = Initializer(seed: 3)
    let projected = try ProjectedBackbone(backbone(), features: 160, using: initializer)
    let model = try ImageClassifier(projected, head: .cosine(scale: 20), classes: 7, using: initializer)
    let output = try model(images())
    #expect(output.features?.shape == [2, 160] && output.logits.shape == [2, 7])
    #expect(try output.features?.min(alongAxes: [0, 1]).item() ?? -1 >= 0)
    #expect(model.state.map(\.name).suffix(3) == ["projection.weight", "projection.bias", "linear.weight"])
    let plain = try ImageClassifier(backbone(), head: .linear, classes: 7, using: initializer)
    #expect(Set(plain.allParameters.map(\.name)).subtracting(model.allParameters.map(\.name)) == ["linear.bias"])
  }

  @Test func bothHeadsReachTheFeatures() throws {
    for prediction in SelfDistillationClassifier.Prediction.allCases {
      let model = try SelfDistillationClassifier(
        backbone(), classes: 5, prediction: prediction, using: Initializer(seed: 3))
      #expect(model.headNames == ["linear", "linear_soft"])
      let output = try model(images())
      let (hard, soft) = (try output.expertLogits[0].doubles(), try output.expertLogits[1].doubles())
      #expect(hard != soft)
      let expected =
        switch prediction {
        case .hard: hard
        case .soft: soft
        case .mean: zip(hard, soft).map { ($0 + $1) / 2 }
        }
      expectClose(try output.logits.doubles(), expected, relative: 1e-5, absolute: 1e-6)
      for logits in output.expertLogits {
        let found = try gradients(
          of: [logits.sum()], withRespectTo: [model.allParameters[0].tensor], retainGraph: true)
        #expect(try found[0]?.magnitude().sum().item() ?? 0 > 0)
      }
    }
  }

  private func calibrated(strength: Double) throws -> CalibratedClassifier {
    let initializer = Initializer(seed: 3)
    return CalibratedClassifier(
      try backbone(),
      calibration: try ClassActivationCalibration(channels: 64, prototypes: 8, strength: strength, using: initializer),
      head: try NormalizedLinear(inputs: 64, outputs: 6, scale: 16, using: initializer))
  }

  /// Without strength the pooling is plain bit for bit, as a normalised classifier on the backbone is.
  @Test func noStrengthIsPlainPooling() throws {
    let model = try calibrated(strength: 0)
    model.setTraining(false)
    let output = try model(images())
    #expect(try output.expertLogits[0].isEqual(to: output.expertLogits[1]))
    let plain = try ImageClassifier(model.backbone, head: .cosine(scale: 16), classes: 6, using: Initializer(seed: 4))
    try plain.load(["linear.weight": model.classifier.weight], strict: false)
    expectClose(try plain(images()).logits.doubles(), try output.logits.doubles(), relative: 1e-5, absolute: 1e-5)
  }

  @Test func mapsAverageToScores() throws {
    let model = try calibrated(strength: 0.7)
    model.setTraining(false)
    let output = try model(images())
    let maps = try model.activationMaps(images())
    for (map, features) in [(maps.calibrated, output.expertFeatures[0]), (maps.plain, output.expertFeatures[1])] {
      let expected = try features.linear(weight: model.classifier.weight.directions(alongAxis: 1))
      expectClose(
        try map.mean(alongAxes: [2, 3]).doubles(), try expected.doubles(), relative: 1e-4, absolute: 1e-5)
    }
    #expect(model.state.map(\.name).contains("calibration.prototypes"))
    expectClose(
      try model.calibration.prototypes.euclideanNorm(alongAxes: [1]).doubles(), Array(repeating: 1, count: 8),
      relative: 1e-6)
  }

  @Test(arguments: [0, 0.5, 1])
  func calibrationHasItsGradients(strength: Double) throws {
    var generator = SeededGenerator(seed: 12)
    let inputs: [(values: [Double], shape: [Int])] = [
      (generator.numbers(36, in: -1...1), [2, 3, 2, 3]), (generator.numbers(6, in: -1...1), [2, 3]),
    ]
    try expectGradients("calibrated features", of: inputs) {
      try ClassActivationCalibration.pooled(
        $0[0], prototypes: $0[1], sharpness: 10, temperature: 0.5, strength: strength
      ).calibrated
    }
    let pooled = try ClassActivationCalibration.pooled(
      Tensor(inputs[0].values, shape: inputs[0].shape), prototypes: Tensor(inputs[1].values, shape: [2, 3]),
      sharpness: 10, temperature: 0.5, strength: strength)
    expectClose(try pooled.attention.mean(alongAxes: [1, 2]).doubles(), [1, 1], relative: 1e-12)
    expectClose(try pooled.weights.mean(alongAxes: [1, 2]).doubles(), [1, 1], relative: 1e-12)
  }

  @Test func impossibleSettingsAreRefused() throws {
    let initializer = Initializer(seed: 0)
    #expect(throws: ParameterError.self) {
      try ClassActivationCalibration(channels: 4, strength: 1.5, using: initializer)
    }
    #expect(throws: ParameterError.self) {
      try ClassActivationCalibration(channels: 4, sharpness: 0, using: initializer)
    }
    #expect(throws: ParameterError.self) {
      try ClassActivationCalibration(channels: 4, temperature: .nan, using: initializer)
    }
    #expect(throws: ParameterError.self) {
      try ClassActivationCalibration(channels: 4, prototypes: 0, using: initializer)
    }
  }
}
