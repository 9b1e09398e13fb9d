import Torch

/// Random erasing of a rectangle in normalised images.
///
/// - Source: Random Erasing Data Augmentation, AAAI 2020; areas and forms as in the image-model library timm.
struct RandomErasing {
  /// The probability that an image is erased.
  let probability: Double
  /// The fill of the rectangle.
  let fill: Augmentation.Erasing.Fill
  /// The rectangle's share of the image's area.
  static let area = 0.02...1.0 / 3
  /// Its height over its width.
  static let form = 0.3...1 / 0.3

  /// - Parameters:
  ///   - images: float32 `[batch, 3, height, width]`.
  ///   - origin: the position of the batch in the run.
  ///   - isChosen: the draw that decides which images are erased, in `[0, 1)`.
  ///   - draws: the words.
  ///   - numbers: ten draws for areas, aspect ratios and positions.
  func callAsFunction(
    _ images: Tensor, origin: AugmentationDraws.Origin, isChosen: Tensor, draws: AugmentationDraws, numbers: Range<Int>
  ) throws -> Tensor {
    let (batch, height, width) = (images.shape[0], images.shape[2], images.shape[3])
    let device = images.device
    let windows = try CropWindows(
      erasingBy: draws, numbers, area: Self.area, form: Self.form, height: height, width: width)
    func within(_ start: Tensor, _ count: Tensor, _ length: Int) throws -> Tensor {
      let places =
        try Tensor.range(0, length, dtype: .float64, on: device).reshaped([1, length])
        - start.reshaped([batch, 1])
      return try places.isAtLeast(0.0).and(places.isLess(than: count.reshaped([batch, 1])))
    }
    let rows = try within(windows.top, windows.height, height).reshaped([batch, 1, height, 1])
    let columns = try within(windows.left, windows.width, width).reshaped([batch, 1, 1, width])
    var changing = TransformedBatch(images)
    try changing.change(where: isChosen.isLess(than: probability)) { images, selection in
      let inside = try selection(rows).and(selection(columns))
      guard fill == .noise else {
        return try Tensor.zeros([], on: device).selected(where: inside, else: images).contiguous(.channelsLast)
      }
      let noise = try noise(origin, places: selection(origin.places), height: height, width: width)
      return try noise.selected(where: inside, else: images)
    }
    return changing.values
  }

  /// Normally distributed numbers, float32 `[batch, 3, height, width]`.
  private func noise(_ origin: AugmentationDraws.Origin, places: Tensor, height: Int, width: Int) throws -> Tensor {
    // One draw has four words, which make four numbers. The stream stands in the upper half of the step's counter, because the numbers
    // of draws are used up by pixels.
    let draws = (height * width * 3 + 3) / 4
    let batch = places.elementCount
    let words = try Philox4x32(seed: origin.seed, purpose: .erasing).words(
      step: origin.viewStep + (origin.stream << 32), samples: places, draws: 0..<draws)
    func pair(_ first: Tensor, _ second: Tensor) throws -> [Tensor] {
      let radius = try (((first.to(.float32) + 0.5) * 0x1p-32).log() * -2.0).squareRoot()
      let angle = try second.to(.float32) * (0x1p-31 * Double.pi)
      return [try radius * angle.cos(), try radius * angle.sin()]
    }
    let numbers = try Tensor.stack(pair(words[0], words[1]) + pair(words[2], words[3]), axis: 2)
    return try numbers.transposed(0, 1).reshaped([batch, draws * 4])
      .narrowed(axis: 1, start: 0, count: height * width * 3).reshaped([batch, height, width, 3])
      .permuted([0, 3, 1, 2])
  }
}
