import Torch

extension Augmentation {
  /// Numbers of draws; part of every stored run.
  private enum Draw {
    /// Row, column, mirror.
    static let window = 0
    /// Row, column.
    static let square = 1
    /// Rotation, grayscale, solarize, erasing.
    static let choices = 2
    /// Brightness, contrast, saturation, hue.
    static let factors = 3
    /// Order and application of these, blur, its width.
    static let order = 4
    static let resizedCrop = 16..<26
    static let erasing = 32..<42
    /// Two per step.
    static let policy = 64
  }

  /// Network inputs from augmented images. Pairs are mixed by `mix`, which comes after.
  ///
  /// - Parameters:
  ///   - images: uint8 `[batch, height, width, 3]`, or more images of which `indices` names a batch.
  ///   - indices: which of the images, int64 `[batch]`; nil for all in order.
  ///   - places: int64 `[batch]`, the positions of the images in the global batch.
  ///   - step: int64 without axes, the step counter on the device.
  ///   - seed: the run's seed.
  ///   - stream: the number of the stream within the run, below 2^24, so that two streams or stages do not repeat each
  ///     other's changes.
  ///   - view: which of several views of the same images.
  ///   - normalization: mean and standard deviation of the inputs.
  /// - Returns: float32 `[batch, 3, height, width]`, channels last in memory.
  public func callAsFunction(
    _ images: Tensor, at indices: Tensor? = nil, places: Tensor, step: Tensor, seed: UInt64, stream: Int = 0,
    view: Int = 0, normalization: Normalization
  ) throws -> Tensor {
    let origin = AugmentationDraws.Origin(seed: seed, stream: stream, view: view, step: step, places: places)
    if let fused = FusedAugmentation(self, on: images.device),
      let inputs = try fused(images, at: indices, origin: origin, normalization: normalization)
    {
      return inputs
    }
    let batch = try indices.map { try images.entries(at: $0) } ?? images
    return try plainInputs(batch, origin: origin, normalization: normalization)
  }

  /// The same as a program of the engine's operations.
  func plainInputs(_ images: Tensor, origin: AugmentationDraws.Origin, normalization: Normalization) throws -> Tensor {
    let program = policy.map {
      PolicyProgram(
        policy: $0.policy(height: images.shape[1], width: images.shape[2]), fill: $0.fillLevels,
        interpolation: $0.interpolation, firstDraw: Draw.policy)
    }
    let draws = try AugmentationDraws(origin, neededDraws(steps: program?.stepCount ?? 0))
    var batch = TransformedBatch(images)
    try move(&batch, draws)
    try recolor(&batch, draws)
    try program?.resized(to: batch.values.shape, by: self).apply(to: &batch, draws: draws)
    if let cutout, cutout.fill == .black {
      try batch.change { images, _ in
        let outside = try outsideSquare(cutout, draws, height: images.shape[1], width: images.shape[2])
        return try (images.reshaped(outside.shape) * outside).reshaped(images.shape)
      }
    }
    var images = try normalization(batch.values)
    if let cutout, cutout.fill == .mean {
      let outside = try outsideSquare(cutout, draws, height: images.shape[2], width: images.shape[3])
      let pixels = try images.permuted([0, 2, 3, 1])
      images = try pixels.reshaped(outside.shape).selected(where: outside.to(.bool), else: 0).reshaped(pixels.shape)
        .permuted([0, 3, 1, 2])
    }
    guard let erasing, erasing.probability > 0 else { return images }
    return try RandomErasing(probability: erasing.probability, fill: erasing.fill)(
      images, origin: origin, isChosen: draws.uniform(Draw.choices, 3), draws: draws, numbers: Draw.erasing)
  }

  private func neededDraws(steps: Int) -> [Range<Int>] {
    var ranges = [0..<5]
    if resizedCrop != nil { ranges.append(Draw.resizedCrop) }
    if let erasing, erasing.probability > 0 { ranges.append(Draw.erasing) }
    if steps > 0 { ranges.append(Draw.policy..<Draw.policy + 2 * steps) }
    return ranges
  }

  private func move(_ batch: inout TransformedBatch, _ draws: AugmentationDraws) throws {
    if let resizedCrop {
      try batch.change { images, _ in
        let (height, width) = (images.shape[1], images.shape[2])
        let windows = try CropWindows(
          croppingBy: draws, Draw.resizedCrop, area: resizedCrop.minArea...1, form: 3.0 / 4...4.0 / 3, height: height,
          width: width)
        let resizing = BatchResizing(
          height: resizedCrop.size ?? height, width: resizedCrop.size ?? width,
          interpolation: resizedCrop.interpolation)
        return try resizing(images, windows)
      }
    }
    if cropPadding > 0 || flipProbability > 0 {
      try batch.change { images, _ in
        try PaddedCrop.window(
          of: images, padding: cropPadding, down: draws.integers(Draw.window, 0, below: 2 * cropPadding + 1),
          right: draws.integers(Draw.window, 1, below: 2 * cropPadding + 1),
          mirrored: draws.uniform(Draw.window, 2).isLess(than: flipProbability))
      }
    }
    guard rotation > 0 else { return }
    try batch.change { images, _ in
      let degrees = try (draws.uniform(Draw.choices, 0).to(.float64) * 2.0 - 1.0) * rotation
      let matrices = try AffineMatrices(
        turningBy: degrees, centerX: Double(images.shape[2]) / 2, centerY: Double(images.shape[1]) / 2)
      return try AffineResampling(fill: [0, 0, 0], interpolation: .nearest)(images, matrices)
    }
  }

  private func recolor(_ batch: inout TransformedBatch, _ draws: AugmentationDraws) throws {
    if let jitter, jitter.changesImages {
      try ColorJitter(jitter).apply(to: &batch, draws: draws, factors: Draw.factors, order: Draw.order)
    }
    if greyProbability > 0 {
      try batch.change(where: draws.uniform(Draw.choices, 1).isLess(than: greyProbability)) { images, _ in
        try ColorBlend.grey(images)
      }
    }
    if blurProbability > 0 {
      try batch.change(where: draws.uniform(Draw.order, 2).isLess(than: blurProbability)) { images, selection in
        let sigmas = try selection(draws.uniform(Draw.order, 3)).to(.float64) * 1.9 + 0.1
        return try GaussianBlur(forSide: min(images.shape[1], images.shape[2]))(images, sigmas: sigmas)
      }
    }
    if solarizeProbability > 0 {
      try batch.change(where: draws.uniform(Draw.choices, 2).isLess(than: solarizeProbability)) { images, _ in
        try PolicyOperation.solarize(images, magnitude: 128)
      }
    }
  }

  /// Where levels lie outside the square of Cutout, uint8 `[batch, height, width * 3]`, 1 or 0: the three of a pixel
  /// side by side, so that masks run over long rows; as numbers, whose larger one is found several at a time, unlike a
  /// logical or.
  private func outsideSquare(_ cutout: Cutout, _ draws: AugmentationDraws, height: Int, width: Int) throws -> Tensor {
    func outside(_ word: Int, _ length: Int) throws -> Tensor {
      let start = try draws.integers(Draw.square, word, below: length).reshaped([-1, 1]) - cutout.size / 2
      let distance = try Tensor.range(0, length, on: start.device) - start
      return try distance.isLess(than: 0).or(distance.isAtLeast(Double(cutout.size))).to(.uint8)
    }
    let columns = try outside(1, width).repeatingEntries(3, axis: 1)
    return try outside(0, height).reshaped([-1, height, 1]).maximum(columns.reshaped([-1, 1, width * 3]))
  }
}
