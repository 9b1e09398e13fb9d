import Foundation
import NeuralNetworks
import Testing
import Torch

/// Stored updates of reference optimisers; see `Fixtures/generators/make_optimizers.py`.
struct OptimizerFixture: Decodable {
  struct Values: Decodable {
    let weight: [[Double]]
    let bias: [Double]

    enum CodingKeys: String, CodingKey {
      case weight = "layer.weight"
      case bias = "layer.bias"
    }

    var all: [Double] { weight.flatMap(\.self) + bias }
  }

  let start: Values
  let rates: [Double]
  let cases: [String: [Values]]

  static func load() throws -> OptimizerFixture {
    let file = Bundle.module.bundleURL.appending(path: "optimizers.json")
    return try JSONDecoder().decode(OptimizerFixture.self, from: Data(contentsOf: file))
  }
}

/// Two parameters with the loss of the fixture, `sum of sin(k w)`.
final class OptimizerProblem: Module {
  let weight: Tensor
  let bias: Tensor
  private let factors: Tensor

  init(_ start: OptimizerFixture.Values) throws {
    weight = try Tensor(start.weight.flatMap(\.self).map(Float.init), shape: [2, 3]).requiringGradient()
    bias = try Tensor(start.bias.map(Float.init)).requiringGradient()
    factors = try Tensor.range(0, 9, dtype: .float32) * 0.1 + 1.0
  }

  override var parameters: [NamedTensor] { [NamedTensor("layer.weight", weight), NamedTensor("layer.bias", bias)] }

  /// Both parameters in one group.
  func group(decay: Double) -> [ParameterGroup] { [ParameterGroup(parameters, weightDecay: decay)] }

  /// A group for each, of which the second has half the learning rate and no decay.
  var twoGroups: [ParameterGroup] {
    [
      ParameterGroup([parameters[0]], weightDecay: 0.05),
      ParameterGroup([parameters[1]], weightDecay: 0, learningRateFactor: 0.5),
    ]
  }

  var values: [Double] { get throws { try weight.doubles() + bias.doubles() } }

  func step(_ optimizer: any Optimizer, rate: Double, clipping: Double? = nil) throws {
    try optimizer.update(learningRate: Tensor(scalar: Float(rate)), clipping: clipping) { _ in
      try optimizer.clearGradients()
      try (Tensor.concatenation([weight.flattened(), bias]) * factors).sin().sum().backward()
    }
  }
}
