/// A mask as COCO writes it: the lengths of runs of 0 and 1 in turn, beginning with 0, column after column from the left.
public struct RunLengthMask: Sendable, Hashable {
  /// Pixels.
  public let height: Int
  /// Pixels.
  public let width: Int
  /// The lengths; they add up to `height * width`.
  public let counts: [UInt32]

  /// A mask from its runs; `nil` unless they fill the image.
  public init?(height: Int, width: Int, counts: [UInt32]) {
    guard height > 0, width > 0, height <= 1 << 24, width <= 1 << 24, height * width <= 1 << 30 else { return nil }
    guard counts.reduce(0, { $0 + Int($1) }) == height * width else { return nil }
    (self.height, self.width, self.counts) = (height, width, counts)
  }

  /// A mask from COCO's compressed text: five bits per character, and from the fourth run on the difference to the run before the last.
  ///
  /// - Returns: `nil` for a text that is none, or whose runs do not fill the image.
  public init?(height: Int, width: Int, compressed text: String) {
    var runs: [Int] = []
    var (value, shift) = (0, 0)
    for byte in text.utf8 {
      guard 48..<112 ~= byte, shift < 60 else { return nil }
      let bits = Int(byte) - 48
      value |= (bits & 0x1F) << shift
      shift += 5
      guard bits & 0x20 == 0 else { continue }
      if bits & 0x10 != 0 { value |= -1 << shift }
      if runs.count > 2 { value += runs[runs.count - 2] }
      guard UInt32(exactly: value) != nil else { return nil }
      runs.append(value)
      (value, shift) = (0, 0)
    }
    guard shift == 0 else { return nil }
    self.init(height: height, width: width, counts: runs.map { UInt32($0) })
  }

  /// The number of pixels in the mask.
  public var area: Int { stride(from: 1, to: counts.count, by: 2).reduce(0) { $0 + Int(counts[$1]) } }

  /// The mask, 1 inside; rows from top to bottom, `[height, width]`.
  public var pixels: [UInt8] {
    var mask = [UInt8](repeating: 0, count: height * width)
    var place = 0
    for (index, count) in counts.enumerated() {
      if index % 2 == 1 {
        for pixel in place..<(place + Int(count)) { mask[pixel % height * width + pixel / height] = 1 }
      }
      place += Int(count)
    }
    return mask
  }
}
