import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch
import VisionModels

/// Shallow maps join deep ones.
@Suite struct DepthFusionTests {
  @Test(arguments: [DepthFusionRule.product, .sum, .none])
  func joinedMapsHaveTheirGradients(rule: DepthFusionRule) throws {
    var generator = SeededGenerator(seed: 3)
    let shape = [2, 3, 2, 3]
    let inputs = (0..<2).map { _ in (values: generator.numbers(36, in: -1...1), shape: shape) }
    try expectGradients("fused feature", of: inputs) {
      try DepthFusion.feature(deep: $0[0], shallow: $0[1], rule)
    }
  }

  @Test func productsAreMeansOverPlaces() throws {
    let deep = try Tensor([1.0, 2, 3, 4, 5, 6, 7, 8], shape: [1, 2, 2, 2])
    let shallow = try Tensor([1.0, -1, 2, 0, 1, 1, 1, 0.5], shape: [1, 2, 2, 2])
    expectClose(try DepthFusion.feature(deep: deep, shallow: shallow).doubles(), [5.0 / 4, 22.0 / 4], absolute: 1e-12)
    let halves = try DepthFusion.fused(deep: deep.to(.bfloat16), shallow: shallow.to(.bfloat16))
    #expect(halves.dtype == .float32)
  }

  /// An activation keeps what a path gives from falling below zero; where it stands decides the setting.
  @Test(arguments: [
    (DepthFusionActivation.between, false, false), (.single, true, false), (.everywhere, true, true),
    (.automatic, false, false),
  ])
  func pathsEndAsSettingsSay(activation: DepthFusionActivation, afterOne: Bool, afterTwo: Bool) throws {
    var generator = SeededGenerator(seed: 4)
    let images = try generator.uniform([4, 3, 16, 16], -1, 1)
    for (channels, activates) in [([3, 6], afterOne), ([3, 5, 6], afterTwo)] {
      let fusion = try DepthFusion(.sum, channels: channels, activation: activation, using: Initializer(seed: 2))
      let side = channels.count == 2 ? 8 : 4
      let result = try fusion(deep: Tensor.zeros([4, 6, side, side]), shallow: images)
      #expect(result.shape == [4, 6, side, side])
      #expect(try (result.min(alongAxes: [0, 1, 2, 3]).item() >= 0) == activates, "\(activation) \(channels)")
      #expect(fusion.allModules.count { $0.module is ReLU } == channels.count - 2 + (activates ? 1 : 0))
    }
  }

  /// Paths begin as the published code leaves them: even within `1 / sqrt(9 inputs)`, with a sixth of the variance of other convolutions.
  @Test func pathsBeginWithSmallWeights() throws {
    let fusion = try DepthFusion(.product, channels: [16, 32, 64], using: Initializer(seed: 1))
    let weights = fusion.state.filter { $0.name.hasSuffix("conv.weight") }
    #expect(weights.count == 2)
    for (weight, inputs) in zip(weights, [16.0, 32]) {
      let values = try weight.tensor.doubles()
      let bound = (1 / (9 * inputs)).squareRoot()
      #expect(values.allSatisfy { abs($0) <= bound })
      let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
      #expect(abs(variance / (bound * bound / 3) - 1) < 0.05)
    }
  }

  /// Sources of shallow maps are taken in turn; paths from an early stage are longer.
  @Test func expertsTakeSourcesInTurn() throws {
    let settings = ExpertSettings { ($0.count, $0.sharedParts, $0.fusion) = (4, [3], .concatenation) }
    let model = try ExpertFamily.basic.model(settings)
    let lengths = (0..<4).map { expert in
      model.state.count { $0.name.hasPrefix("experts.\(expert).fusion.path.") && $0.name.hasSuffix("conv.weight") }
    }
    #expect(lengths == [3, 2, 1, 3])
    #expect(model.state.first { $0.name == "experts.0.fusion.join.weight" }?.tensor.shape == [16, 32, 1, 1])
    var named = settings
    named.fusionSources = [2, 0]
    let other = try ExpertFamily.basic.model(named)
    #expect(other.state.contains { $0.name == "experts.1.fusion.path.2.conv.weight" })
    #expect(!other.state.contains { $0.name == "experts.0.fusion.path.1.conv.weight" })
    #expect(model.isAddition("experts.0.fusion.join.weight") && !model.isAddition("experts.0.layer4.0.bn1.bias"))
  }

  /// As published: a network for small images has an activation behind a path's single convolution, others have not.
  @Test func pathsEndAsPublished() throws {
    let small = try ExpertFamily.projected.model(.selfHeterogeneous(stages: 3))
    let large = try ExpertFamily.basic.model(.selfHeterogeneous(stages: 4))
    func activations(_ model: ExpertClassifier) -> [Int] {
      (0..<3).map { expert in
        model.allModules.count { $0.name.hasPrefix("experts.\(expert).fusion.") && $0.module is ReLU }
      }
    }
    #expect(activations(small) == [1, 1, 1] && activations(large) == [2, 1, 0])
  }
}
