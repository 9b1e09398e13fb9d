import LongtailTestSupport
import NeuralNetworks
import Testing
import Torch

/// Gates over channels and places.
@Suite struct AttentionGateTests {
  /// The gradients of a layer by its input and all its parameters, in double.
  private func expectLayerGradients(_ name: String, _ layer: any Layer, shape: [Int]) throws {
    layer.setTraining(false)
    var generator = SeededGenerator(seed: 11)
    let parameters = layer.allParameters
    let inputs =
      [(values: generator.numbers(shape.reduce(1, *), in: -2...2), shape: shape)]
      + (try parameters.map { (values: try $0.tensor.doubles(), shape: $0.tensor.shape) })
    for item in layer.state where item.tensor.dtype.isFloatingPoint {
      try withoutGradients { try item.tensor.setData(item.tensor.detached().to(.float64)) }
    }
    let leaf = try Tensor(inputs[0].values, shape: shape).requiringGradient()
    let value = try layer(leaf)
    var weights = SeededGenerator(seed: 23)
    let factors = try Tensor(weights.numbers(value.elementCount, in: 0.5...1.5), shape: value.shape)
    func scalar(_ input: Tensor) throws -> Tensor { try (layer(input) * factors).sum() }
    let leaves = [leaf] + parameters.map(\.tensor)
    let found = try gradients(of: [scalar(leaf)], withRespectTo: leaves, allowUnused: true)
    for (index, tensor) in leaves.enumerated() {
      let point = inputs[index].values
      let slopes = try withoutGradients {
        try point.indices.map { position in
          func moved(_ distance: Double) throws -> Double {
            var values = point
            values[position] += distance
            let changed = try Tensor(values, shape: tensor.shape)
            if index == 0 { return try scalar(changed).item() }
            let kept = try tensor.detached().clone()
            try tensor.detached().copy(from: changed)
            defer { try? tensor.detached().copy(from: kept) }
            return try scalar(leaf.detached()).item()
          }
          return try (moved(1e-5) - moved(-1e-5)) / 2e-5
        }
      }
      try CaseContext.with("\(name), tensor \(index)") {
        expectClose(try found[index]?.doubles() ?? point.map { _ in 0 }, slopes, relative: 1e-6, absolute: 1e-7)
      }
    }
  }

  @Test func gradientsAreSlopes() throws {
    let initializer = Initializer(seed: 2)
    try expectLayerGradients(
      "learned squeeze",
      ChannelAttention(
        channels: 4, reduced: 2, pooling: .mean, normalizes: true, dropout: 0.1,
        gate: APAGate(lambda: 0.2...1, using: initializer), using: initializer),
      shape: [2, 4, 3, 2])
    try expectLayerGradients(
      "plain squeeze",
      ChannelAttention(channels: 4, reduced: 2, pooling: .mean, using: initializer),
      shape: [2, 4, 2, 2])
    try expectLayerGradients(
      "convolutional block attention",
      ConvolutionalBlockAttention(
        channel: ChannelAttention(
          channels: 4, reduced: 2, pooling: .meanAndMaximum, normalizes: true,
          gate: APAGate(lambda: 0.2...1, using: initializer),
          using: initializer),
        spatial: SpatialAttention(size: 3, gate: APAGate(lambda: 0.2...1, using: initializer), using: initializer)),
      shape: [2, 4, 3, 3])
  }

  @Test func plainGatesAreSigmoids() throws {
    let layer = try ChannelAttention(
      channels: 3, reduced: 1, pooling: .mean, using: Initializer(seed: 1))
    let weights = Dictionary(uniqueKeysWithValues: layer.state.map { ($0.name, $0.tensor) })
    #expect(weights.keys.sorted() == ["fc1.weight", "fc2.weight"])
    let x = try Tensor([Float](repeating: 2, count: 12), shape: [1, 3, 2, 2])
    let first = try #require(weights["fc1.weight"]).doubles().reduce(0) { $0 + 2 * $1 }
    let shares = try (#require(weights["fc2.weight"]) * max(0, first)).sigmoid().doubles()
    expectClose(try layer.shares(x).doubles(), shares, relative: 1e-6)
    expectClose(try layer(x).doubles(), shares.flatMap { Array(repeating: 2 * $0, count: 4) }, relative: 1e-6)
  }
}
