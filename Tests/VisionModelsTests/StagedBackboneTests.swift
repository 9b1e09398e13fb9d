import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch
import VisionModels

/// Stages are parts of their own, so that experts can share the early ones.
@Suite struct StagedBackboneTests {
  @Test func mapsOfStagesAreGiven() throws {
    let model = try ResNet(.resNet10, using: Initializer(seed: 0))
    model.setTraining(false)
    let images = try Tensor.ones([2, 3, 64, 64])
    let maps = try model.featureMaps(images)
    #expect(maps.map(\.shape) == [[2, 64, 16, 16], [2, 128, 8, 8], [2, 256, 4, 4], [2, 512, 2, 2]])
    #expect(model.stageChannels == [64, 128, 256, 512])
    #expect(try maps[3].mean(alongAxes: [2, 3]).isEqual(to: model(images)))
    #expect(try model.featureMaps(images, stages: 2).count == 2)
    let small = try CIFARResNet(blocksPerStage: 3, using: Initializer(seed: 0))
    #expect(try small.featureMaps(images).map(\.shape) == [[2, 16, 64, 64], [2, 32, 32, 32], [2, 64, 16, 16]])
  }

  /// Experts with the last two stages of their own, at three quarters of the width, and cosine heads; the sums are those that the
  /// published code has, to the digits that are known.
  @Test(arguments: [
    (ResNetPlan.resNet50, 2, 29.60), (ResNetPlan.resNet50, 3, 43.68), (ResNetPlan.resNet50, 4, 57.75),
    (ResNetPlan.resNet50.grouped(32, width: 4), 3, 42.89), (ResNetPlan.resNet10, 2, 6.37),
    (ResNetPlan.resNet10, 4, 12.43),
  ])
  func expertsShareEarlyStages(plan: ResNetPlan, experts: Int, millions: Double) throws {
    let initializer = Initializer.shapesOnly()
    let trunk = try ResNet(plan, using: initializer)
    let shared = trunk.stem.parameterCount + trunk.stages[0].parameterCount + trunk.stages[1].parameterCount
    let third = try plan.stage(2, planes: 192, using: initializer)
    let fourth = try plan.stage(3, inputs: plan.outputChannels(planes: 192), planes: 384, using: initializer)
    let head = try NormalizedLinear(
      inputs: plan.outputChannels(planes: 384), outputs: 1000, scale: 30, using: initializer)
    let own = third.parameterCount + fourth.parameterCount + head.parameterCount
    expectClose(Double(shared + experts * own) / 1e6, millions, absolute: 0.005)
  }

  /// The same on CIFAR: 24 and 48 channels instead of 32 and 64; and three copies of a last stage with projections.
  @Test(arguments: [(2, 530_512), (3, 783_856), (4, 1_037_200), (6, 1_543_888)])
  func smallExpertsShareTheFirstStage(experts: Int, parameters: Int) throws {
    let initializer = Initializer.shapesOnly()
    let trunk = try CIFARResNet(blocksPerStage: 5, using: initializer)
    let second = try CIFARResNet.stage(inputs: 16, outputs: 24, blocks: 5, stride: 2, using: initializer)
    let third = try CIFARResNet.stage(inputs: 24, outputs: 48, blocks: 5, stride: 2, using: initializer)
    let head = try NormalizedLinear(inputs: 48, outputs: 100, scale: 30, using: initializer)
    let own = second.parameterCount + third.parameterCount + head.parameterCount
    #expect(trunk.stem.parameterCount + trunk.stages[0].parameterCount + experts * own == parameters)
  }

  @Test func shortcutsCanProject() throws {
    let stage = try CIFARResNet.stage(
      inputs: 32, outputs: 64, blocks: 5, stride: 2, shortcut: .projection, using: Initializer(seed: 1))
    expectClose(3 * Double(stage.parameterCount) / 1e6, 1.061, absolute: 5e-4)
    #expect(stage.state.contains { $0.name == "0.downsample.0.weight" })
    #expect(!stage.state.contains { $0.name.hasPrefix("1.downsample") })
    #expect(try stage(Tensor.ones([2, 32, 8, 8])).shape == [2, 64, 4, 4])
  }

  /// Another activation and another gate at every place.
  @Test func stylesReachEveryPlace() throws {
    let style = ResidualStyle(
      activation: { _ in SiLU() }, gate: { try LayerShift(channels: $0, using: $1) }, gateName: "gate")
    let plan = ResNetPlan(block: .basic, depths: [1, 2], planes: [4, 8], stemChannels: 4)
    let model = try ResNet(plan, style: style, using: Initializer(seed: 0))
    #expect(model.allModules.count { $0.module is SiLU } == 1 + 3 * 2)
    #expect(!model.allModules.contains { $0.module is ReLU })
    #expect(model.state.map(\.name).filter { $0.contains("gate") }.count == 3)
    #expect(try model(Tensor.ones([2, 3, 32, 32])).shape == [2, 8])
  }
}

/// A shift of each channel.
private final class LayerShift: Module, Layer {
  private let shift: Tensor
  init(channels: Int, using initializer: Initializer) throws {
    shift = try initializer.constant([1, channels, 1, 1], 1)
  }
  override var parameters: [NamedTensor] { [NamedTensor("shift", shift)] }
  func callAsFunction(_ input: Tensor) throws -> Tensor { try input + shift }
}
