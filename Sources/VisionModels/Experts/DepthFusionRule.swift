/// How an expert's last feature map is combined with a shallow one, which a branch of convolutions has brought to its
/// shape.
public enum DepthFusionRule: String, Sendable, Codable, CaseIterable {
  /// There is no shallow map.
  case none
  /// The product of both, as published.
  case product
  /// The sum of both.
  case sum
  /// Both behind each other, and a 1x1 convolution to the channels of one.
  case concatenation
}

/// Where the branch from a shallow map has an activation, beside those between two convolutions.
public enum DepthFusionActivation: String, Sendable, Codable, CaseIterable {
  /// `single` for networks of 32-pixel images, as in the published code, `between` for others.
  case automatic
  /// Nowhere else: the last convolution never has one.
  case between
  /// Behind the convolution of a branch that has only one.
  case single
  /// Behind every convolution.
  case everywhere
}
