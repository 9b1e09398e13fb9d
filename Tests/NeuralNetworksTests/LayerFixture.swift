import Foundation

/// Stored results and gradients of layers in PyTorch; see `Fixtures/generators/make_layers.py`.
struct LayerFixture: Decodable {
  struct Case: Decodable {
    let seed: UInt64
    let shape: [Int]
    let outputShape: [Int]
    let output: [Double]
    let inputGradient: [Double]
    let gradients: [String: [Double]]
  }

  let cases: [String: Case]

  static func load() throws -> LayerFixture {
    let file = Bundle.module.bundleURL.appending(path: "layers.json")
    return try JSONDecoder().decode(LayerFixture.self, from: Data(contentsOf: file))
  }
}
