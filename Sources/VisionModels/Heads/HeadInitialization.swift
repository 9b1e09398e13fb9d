import NeuralNetworks

/// The initial weights of a network's heads.
public enum HeadInitialization: String, Sendable, Codable, CaseIterable {
  /// Those of the network: of linear heads Kaiming-normal in networks for 32-pixel images, uniform in other residual
  /// networks, truncated normal in transformers; of cosine heads rows of length 1.
  case `default`
  /// Weights and bias uniform within `1 / sqrt(inputs)`, PyTorch's default.
  case uniform
  /// Weights uniform within `sqrt(6 / (inputs + outputs))`, Glorot's or Xavier's rule, and a bias of zeros.
  case glorotUniform

  /// What a layer is made with; nil to leave it to the network.
  public var start: Linear.Start? {
    switch self {
    case .default: nil
    case .uniform: .uniform
    case .glorotUniform: .glorotUniform
    }
  }
}
