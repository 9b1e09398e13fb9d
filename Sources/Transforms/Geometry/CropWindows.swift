import Foundation
import Torch

/// A rectangle of each image of a batch, in pixels.
struct CropWindows {
  /// The first row, float64 `[batch]`, a whole number.
  let top: Tensor
  /// The first column.
  let left: Tensor
  /// The number of rows, at least 1.
  let height: Tensor
  /// The number of columns, at least 1.
  let width: Tensor

  init(top: Tensor, left: Tensor, height: Tensor, width: Tensor) {
    self.top = top
    self.left = left
    self.height = height
    self.width = width
  }

  /// The same rectangle of every image.
  init(top: Int, left: Int, height: Int, width: Int, count: Int, on device: Device) throws {
    func all(_ value: Int) throws -> Tensor { try Tensor.full([count], Double(value), dtype: .float64, on: device) }
    self.init(top: try all(top), left: try all(left), height: try all(height), width: try all(width))
  }

  /// Rectangles of random area, aspect ratio and position, as torchvision's RandomResizedCrop draws them: up to ten tries to fit one into the
  /// image, then the largest middle one whose aspect ratio is within the range.
  ///
  /// - Parameters:
  ///   - draws: the words.
  ///   - numbers: ten draws: area, aspect ratio, row, column.
  ///   - area: the shares of the image's area.
  ///   - form: width over height.
  ///   - height: of the images.
  ///   - width: of the images.
  init(
    croppingBy draws: AugmentationDraws, _ numbers: Range<Int>, area: ClosedRange<Double>, form: ClosedRange<Double>,
    height: Int, width: Int
  ) throws {
    let middle = Self.middle(form: form, height: height, width: width)
    try self.init(draws, numbers, area, form, (height, width), slack: 0, otherwise: middle)
  }

  /// Rectangles to erase, smaller than the image in both directions; empty where ten tries do not give one.
  init(
    erasingBy draws: AugmentationDraws, _ numbers: Range<Int>, area: ClosedRange<Double>, form: ClosedRange<Double>,
    height: Int, width: Int
  ) throws {
    try self.init(draws, numbers, area, form, (height, width), slack: 1, otherwise: (0, 0))
  }

  private init(
    _ draws: AugmentationDraws, _ numbers: Range<Int>, _ area: ClosedRange<Double>, _ form: ClosedRange<Double>,
    _ size: (height: Int, width: Int), slack: Int, otherwise: (height: Int, width: Int)
  ) throws {
    func uniform(_ word: Int) throws -> Tensor { try Philox4x32.uniform(draws.words(numbers, word)).to(.float64) }
    let pixels = Double(size.height * size.width)
    let areas = try uniform(0) * ((area.upperBound - area.lowerBound) * pixels) + area.lowerBound * pixels
    let (narrow, wide) = (log(form.lowerBound), log(form.upperBound))
    let forms = try (uniform(1) * (wide - narrow) + narrow).exp()
    let widths = try (areas * forms).squareRoot().rounded()
    let heights = try (areas / forms).squareRoot().rounded()
    func fits(_ lengths: Tensor, _ limit: Int) throws -> Tensor {
      try lengths.isGreater(than: 0.5).and(lengths.isLess(than: Double(limit - slack) + 0.5))
    }
    let fit = try fits(widths, size.width).and(fits(heights, size.height))
    func first(_ values: Tensor, else other: Int) throws -> Tensor {
      var result = try Tensor.full([fit.shape[1]], Double(other), dtype: .float64, on: fit.device)
      for attempt in (0..<10).reversed() {
        result = try values.selected(axis: 0, index: attempt)
          .selected(where: fit.selected(axis: 0, index: attempt), else: result)
      }
      return result
    }
    func starts(_ word: Int, _ lengths: Tensor, _ limit: Int) throws -> Tensor {
      try (uniform(word) * (Double(limit + 1) - lengths)).roundedDown()
    }
    self.init(
      top: try first(starts(2, heights, size.height), else: (size.height - otherwise.height) / 2),
      left: try first(starts(3, widths, size.width), else: (size.width - otherwise.width) / 2),
      height: try first(heights, else: otherwise.height), width: try first(widths, else: otherwise.width))
  }

  private static func middle(form: ClosedRange<Double>, height: Int, width: Int) -> (height: Int, width: Int) {
    let own = Double(width) / Double(height)
    if own < form.lowerBound {
      return (min(height, max(1, Int((Double(width) / form.lowerBound).rounded(.toNearestOrEven)))), width)
    }
    if own > form.upperBound {
      return (height, min(width, max(1, Int((Double(height) * form.upperBound).rounded(.toNearestOrEven)))))
    }
    return (height, width)
  }
}
