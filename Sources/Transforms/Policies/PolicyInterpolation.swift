/// Interpolation of a policy's geometric operations.
public enum PolicyInterpolation: String, Sendable, Codable, CaseIterable {
  /// The pixel that the point lies in.
  case nearest
  /// Between the two nearest pixels of each direction.
  case bilinear
  /// From the four nearest pixels of each direction.
  case bicubic
  /// Shears `bicubic`, everything else `nearest`: as in the AutoAugment of most published long-tail code on CIFAR.
  case bicubicShear
  /// `bilinear` or `bicubic`, drawn for each operation and image, as in the image-model library timm.
  case bilinearOrBicubic

  /// For operations that move pixels but do not shear, or the first of two that are drawn from.
  var usual: Interpolation {
    switch self {
    case .nearest, .bicubicShear: .nearest
    case .bilinear, .bilinearOrBicubic: .bilinear
    case .bicubic: .bicubic
    }
  }

  /// For shears.
  var shear: Interpolation { self == .bicubicShear ? .bicubic : usual }
}
