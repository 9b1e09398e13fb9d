import ImageCodecs

/// The position of a fixed square crop in a resized image.
public enum CropPosition: String, Sendable, Hashable, Codable, CaseIterable {
  /// The middle.
  case middle
  /// The corners.
  case topLeft, topRight, bottomLeft, bottomRight

  /// The first column of the square, where that many columns are left over.
  func column(leaving room: Int) -> Int {
    switch self {
    case .middle: PixelImage.centeredStart(room)
    case .topLeft, .bottomLeft: 0
    case .topRight, .bottomRight: room
    }
  }

  /// The first row of the square.
  func row(leaving room: Int) -> Int {
    switch self {
    case .middle: PixelImage.centeredStart(room)
    case .topLeft, .topRight: 0
    case .bottomLeft, .bottomRight: room
    }
  }
}
