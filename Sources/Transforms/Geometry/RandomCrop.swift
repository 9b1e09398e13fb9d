import Foundation
import ImageCodecs
import Torch

/// A random resized crop with a random horizontal flip: the usual training input for photographs.
///
/// The area is a uniform share of the image's, the ratio of width to height uniform in its logarithm, the position uniform. A part that
/// does not fit is drawn again, ten times; then the largest middle part with an allowed ratio is taken.
///
/// - Source: Going Deeper with Convolutions, 2015, section 6; details as in torchvision's `RandomResizedCrop`.
public struct RandomCrop: Sendable, Hashable, Codable {
  /// The share of the image's area.
  public var area: ClosedRange<Double>
  /// Width over height of the part.
  public var ratio: ClosedRange<Double>
  /// The probability of a horizontal flip.
  public var flipProbability: Double

  /// Makes a rule; the defaults are those of torchvision.
  public init(
    area: ClosedRange<Double> = 0.08...1, ratio: ClosedRange<Double> = (3.0 / 4.0)...(4.0 / 3.0),
    flipProbability: Double = 0.5
  ) {
    (self.area, self.ratio, self.flipProbability) = (area, ratio, flipProbability)
  }

  private static let tries: UInt32 = 10
  private static let flipDraw: UInt32 = 255

  /// The part of an image of this size.
  public func window(width: Int, height: Int, draw: CropDraw) -> CropWindow {
    let isMirrored = Double(Philox4x32.uniform(draw.words(Self.flipDraw).x)) < flipProbability
    let logarithms = (log(ratio.lowerBound), log(ratio.upperBound))
    for number in 0..<Self.tries {
      let words = draw.words(number)
      let share = area.lowerBound + (area.upperBound - area.lowerBound) * Double(Philox4x32.uniform(words.x))
      let wanted = Double(width * height) * share
      let shape = exp(logarithms.0 + (logarithms.1 - logarithms.0) * Double(Philox4x32.uniform(words.y)))
      let partWidth = Int((wanted * shape).squareRoot().rounded(.toNearestOrEven))
      let partHeight = Int((wanted / shape).squareRoot().rounded(.toNearestOrEven))
      guard (1...width).contains(partWidth), (1...height).contains(partHeight) else { continue }
      let x = CropDraw.index(words.z, below: width - partWidth + 1)
      let y = CropDraw.index(words.w, below: height - partHeight + 1)
      return CropWindow(
        region: PixelRegion(x: x, y: y, width: partWidth, height: partHeight), isMirrored: isMirrored)
    }
    return CropWindow(region: middle(width: width, height: height), isMirrored: isMirrored)
  }

  /// The largest middle part with an allowed ratio.
  func middle(width: Int, height: Int) -> PixelRegion {
    let shape = Double(width) / Double(height)
    var (partWidth, partHeight) = (width, height)
    if shape < ratio.lowerBound {
      partHeight = min(max(Int((Double(width) / ratio.lowerBound).rounded(.toNearestOrEven)), 1), height)
    } else if shape > ratio.upperBound {
      partWidth = min(max(Int((Double(height) * ratio.upperBound).rounded(.toNearestOrEven)), 1), width)
    }
    return PixelRegion(
      x: (width - partWidth) / 2, y: (height - partHeight) / 2, width: partWidth, height: partHeight)
  }
}
