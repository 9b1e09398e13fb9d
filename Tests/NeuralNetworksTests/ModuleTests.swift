import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

@Suite struct ModuleTests {
  /// A small network with every kind of layer.
  private func network(seed: UInt64 = 1) throws -> Chain {
    let initializer = Initializer(seed: seed)
    return Chain([
      try Convolution2d(inputs: 3, outputs: 4, size: 3, padding: 1, hasBias: true, using: initializer),
      try BatchNormalization2d(channels: 4, using: initializer),
    ])
  }

  private func values(_ module: Module) throws -> [String: Tensor] {
    try Dictionary(uniqueKeysWithValues: module.state.map { ($0.name, try $0.tensor.detached().clone()) })
  }

  @Test func pathsJoinNames() throws {
    let network = try network()
    #expect(
      network.state.map(\.name) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked",
      ])
    #expect(network.allParameters.map(\.name) == ["0.weight", "0.bias", "1.weight", "1.bias"])
    #expect(network.allBuffers.map(\.name) == ["1.running_mean", "1.running_var", "1.num_batches_tracked"])
    #expect(network.allModules.map(\.name) == ["", "0", "1"])
    #expect(network.parameterCount == 4 * 27 + 4 + 8)
    #expect(network.allParameters.allSatisfy { $0.tensor.requiresGradient && $0.tensor.isLeaf })
    #expect(network.allBuffers.allSatisfy { !$0.tensor.requiresGradient })
  }

  @Test func matchingWeightsAreCopied() throws {
    let (source, target) = (try network(), try network(seed: 2))
    let tensor = target.state[0].tensor
    let report = try target.load(values(source))
    #expect(report.isComplete && report.matched == source.state.map(\.name))
    for (own, other) in zip(target.state, source.state) {
      #expect(try own.tensor.detached().isEqual(to: other.tensor.detached()))
    }
    // The tensors themselves stay, so that an optimiser that holds them sees the new values.
    #expect(tensor === target.state[0].tensor && tensor.requiresGradient)
  }

  @Test func strictLoadingNamesEveryKeyAndChangesNothing() throws {
    let target = try network()
    let before = try values(target)
    var wrong = try values(network(seed: 2))
    wrong["0.bias"] = nil
    wrong["1.running_mean"] = nil
    wrong["1.weight"] = try Tensor.ones([5])
    wrong["head.weight"] = try Tensor.ones([1])
    let error = #expect(throws: WeightMismatch.self) { try target.load(wrong, source: "model.pth") }
    let report = try #require(error?.report)
    #expect(report.missing == ["0.bias", "1.running_mean"])
    #expect(report.unexpected == ["head.weight"])
    #expect(report.misshapen == ["1.weight: expected [4], came [5]"])
    #expect(report.matched == ["0.weight", "1.bias", "1.running_var", "1.num_batches_tracked"])
    let text = try #require(error.map { "\($0)" })
    for part in ["model.pth", "4 keys match", "2 missing: 0.bias", "1 unexpected: head.weight", "1 of another shape"] {
      #expect(text.contains(part), "\(text)")
    }
    for item in target.state { #expect(try item.tensor.detached().isEqual(to: #require(before[item.name]))) }
  }

  @Test func looseLoadingTakesWhatFits() throws {
    let target = try network()
    let report = try target.load(["1.bias": Tensor.full([4], 3), "other": Tensor.ones([1])], strict: false)
    #expect(!report.isComplete && report.matched == ["1.bias"] && report.unexpected == ["other"])
    #expect(report.missing.count == 6)
    #expect(try target.state[3].tensor.floats() == [3, 3, 3, 3])
  }

  /// Weights of another type are converted, weights of another memory order put in order.
  @Test func loadingConverts() throws {
    let target = try network()
    try target.move(to: .cpu, format: .channelsLast)
    let numbers = try Tensor.range(0, 108, dtype: .float64).reshaped([4, 3, 3, 3])
    try target.load(["0.weight": numbers], strict: false)
    let weight = target.state[0].tensor
    #expect(weight.dtype == .float32 && weight.isContiguous(.channelsLast) && !weight.isContiguous())
    #expect(try weight.doubles() == (0..<108).map(Double.init))
  }

  @Test func longListsOfKeysAreCut() throws {
    let error = #expect(throws: WeightMismatch.self) {
      try network().load(Dictionary(uniqueKeysWithValues: (0..<20).map { ("key\($0)", try Tensor.ones([1])) }))
    }
    let text = try #require(error.map { "\($0)" })
    #expect(text.contains("20 unexpected") && text.contains("… 12 more"))
  }

  @Test func trainingModeReachesEveryPart() throws {
    let network = try network()
    #expect(network.allModules.allSatisfy { $0.module.isTraining })
    network.setTraining(false)
    #expect(network.allModules.allSatisfy { !$0.module.isTraining })
    let images = try Tensor.range(0, 96, dtype: .float32).reshaped([2, 3, 4, 4])
    let before = try network.allBuffers.map { try $0.tensor.doubles() }
    _ = try network(images)
    #expect(try network.allBuffers.map { try $0.tensor.doubles() } == before)
    network.setTraining(true)
    _ = try network(images)
    #expect(try network.allBuffers.map { try $0.tensor.doubles() } != before)
  }

  @Test func memoryOrderDoesNotChangeResults() throws {
    let (plain, last) = (try network(), try network())
    try last.move(to: .cpu, format: .channelsLast)
    let images = try Tensor.range(0, 96, dtype: .float32).reshaped([2, 3, 4, 4]) * 0.01
    let (expected, result) = (try plain(images), try last(images.contiguous(.channelsLast)))
    #expect(result.isContiguous(.channelsLast))
    expectClose(try result.doubles(), try expected.doubles(), relative: 1e-5, absolute: 1e-6)
  }
}
