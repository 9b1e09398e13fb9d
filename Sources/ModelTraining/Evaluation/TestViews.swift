import Transforms

/// Which views of a test image a model's scores are averaged over.
public enum TestViews: String, Sendable, Codable, CaseIterable {
  /// The middle square.
  case single
  /// The middle square and its mirror image.
  case mirrored
  /// The squares in the middle and in the four corners, and their mirror images.
  case tenCrops = "ten-crops"

  /// The squares.
  public var places: [CropPosition] { self == .tenCrops ? CropPosition.allCases : [.middle] }
  /// Whether mirror images count too.
  public var areMirrored: Bool { self != .single }
}
