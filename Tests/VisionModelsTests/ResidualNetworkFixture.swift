import Foundation

/// Stored keys, shapes and logits of networks in plain PyTorch; see `Fixtures/generators/make_residual_networks.py`.
struct ResidualNetworkFixture: Decodable {
  struct Case: Decodable {
    let keys: [String]
    let shapes: [[Int]]
    let parameters: Int
    let evaluation: [[Double]]
    let training: [[Double]]
  }

  let cases: [String: Case]

  static func load() throws -> ResidualNetworkFixture {
    let file = Bundle.module.bundleURL.appending(path: "residual-networks.json")
    return try JSONDecoder().decode(ResidualNetworkFixture.self, from: Data(contentsOf: file))
  }
}
