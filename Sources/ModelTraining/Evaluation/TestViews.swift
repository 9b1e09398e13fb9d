import Transforms

/// The views of a test image that a model's logits are averaged over.
public enum TestViews: String, Sendable, Codable, CaseIterable {
  /// The center crop.
  case single
  /// The center crop and its mirror image.
  case mirrored
  /// The center crop, the crops in the four corners, and their mirror images.
  case tenCrops = "ten-crops"

  /// Where the crops lie.
  public var cropPositions: [CropPosition] { self == .tenCrops ? CropPosition.allCases : [.middle] }
  /// Whether mirror images count too.
  public var isMirrored: Bool { self != .single }
}
