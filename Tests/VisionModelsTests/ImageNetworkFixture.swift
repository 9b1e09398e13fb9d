import Foundation
import NeuralNetworks
import Serialization
import Torch
import VisionModels

/// Stored scores and gradients of narrow networks, and figures of all networks in full size, in PyTorch; see
/// `Fixtures/generators/make_image_networks.py`.
struct ImageNetworkFixture: Decodable {
  struct Case: Decodable {
    let seed: UInt64
    let keys: [String]
    let shapes: [[Int]]
    let evaluation: [Double]
    let experts: [[Double]]
    let otherSize: [Double]
    let training: [Double]
    let gradientNorms: [String: Double]
    let gradientSums: [String: Double]
  }

  struct Figures: Decodable {
    let tensors: Int
    let parameters: Int
    let operations: Int
    let layout: String
  }

  let cases: [String: Case]
  let registry: [String: Figures]

  static func load() throws -> ImageNetworkFixture {
    let file = Bundle.module.bundleURL.appending(path: "image-networks.json")
    return try JSONDecoder().decode(ImageNetworkFixture.self, from: Data(contentsOf: file))
  }

  /// The stored weights of a narrow network.
  static func weights(_ name: String) throws -> [String: Tensor] {
    let path = Bundle.module.bundleURL.appending(path: "weights/\(name).pth").path
    let stored = try PyTorchStateDictionary(path).weights()
    return try Dictionary(uniqueKeysWithValues: stored.map { ($0.name, try Tensor($0)) })
  }
}

/// The narrow networks of the fixture.
enum NarrowNetwork {
  static let names = [
    "basic", "bottleneck", "wide", "grouped", "gatedBasic", "gatedGrouped", "transformer", "distilled",
  ]

  static func classifier(_ name: String, head: Head = .linear, seed: UInt64 = 0) throws -> ImageClassifier {
    let initializer = Initializer(seed: seed)
    return try ImageClassifier(backbone(name, initializer), head: head, classes: 5, using: initializer)
  }

  private static func backbone(_ name: String, _ initializer: Initializer) throws -> any Backbone {
    let basic = ResNetPlan(block: .basic, depths: [1, 1, 1, 1], planes: [8, 12, 16, 24])
    let bottleneck = ResNetPlan(block: .bottleneck, depths: [1, 1, 1, 1], planes: [4, 8, 8, 12])
    var grouped = bottleneck.grouped(4, width: 16)
    grouped.planes = [8, 16, 16, 16]
    let transformer = VisionTransformerPlan(
      width: 24, depth: 2, heads: 3, inputSize: 48, hasDistillationToken: name == "distilled")
    switch name {
    case "basic", "bottleneck":
      var plan = name == "basic" ? basic : bottleneck
      plan.depths[1] = 2
      return try ResNet(plan, using: initializer)
    case "wide": return try ResNet(bottleneck.grouped(1, width: 128), using: initializer)
    case "grouped":
      grouped.depths[2] = 2
      return try ResNet(grouped, using: initializer)
    case "gatedBasic": return try ResNet(basic, style: .squeezeExcitation, using: initializer)
    case "gatedGrouped": return try ResNet(grouped, style: .squeezeExcitation, using: initializer)
    default: return try VisionTransformer(transformer, using: initializer)
    }
  }
}
