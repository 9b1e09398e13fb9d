import Torch

extension Augmentation {
  /// Numbers of draws; part of every stored run.
  private enum Draw {
    /// Window: row, column, mirror. Square: row, column. Turn, grey, solarise, erase. Brightness, contrast, saturation, hue. Order and
    /// application of these, blur, its width.
    static let basic = 0..<5
    static let resizedCrop = 16..<26
    static let erasing = 32..<42
    /// Two a step.
    static let policy = 64
  }

  /// Network inputs from changed pictures. Pairs are mixed by `mix`, which comes after.
  ///
  /// - Parameters:
  ///   - pictures: uint8 `[batch, height, width, 3]`.
  ///   - places: int64 `[batch]`, the pictures' places in the global batch.
  ///   - step: int64 without axes, the step counter on the device.
  ///   - seed: the run's seed.
  ///   - stream: the number of the stream within the run, below 2^24, so that two streams or stages do not repeat each other's changes.
  ///   - view: which of several views of the same pictures.
  ///   - normalization: mean and standard deviation of the inputs.
  /// - Returns: float32 `[batch, 3, height, width]`, channels last in memory.
  public func callAsFunction(
    _ pictures: Tensor, places: Tensor, step: Tensor, seed: UInt64, stream: Int = 0, view: Int = 0,
    normalization: Normalization
  ) throws -> Tensor {
    let origin = AugmentationDraws.Origin(seed: seed, stream: stream, view: view, step: step, places: places)
    let draws = try origin.draws(Draw.basic)
    var batch = ChangingBatch(pictures)
    try move(&batch, draws, origin)
    try recolor(&batch, draws)
    try applyPolicy(&batch, origin)
    if cutoutSize > 0, cutoutFill == .black {
      try batch.change { pictures, _ in
        let (height, width) = (pictures.shape[1], pictures.shape[2])
        let outside = try outsideSquare(draws, height: height, width: width)
        return try pictures * outside.to(.uint8).reshaped([-1, height, width, 1])
      }
    }
    var images = try normalization(batch.values)
    if cutoutSize > 0, cutoutFill == .mean {
      let (height, width) = (images.shape[2], images.shape[3])
      let outside = try outsideSquare(draws, height: height, width: width)
      images = try images.selected(where: outside.reshaped([-1, 1, height, width]), else: 0)
    }
    guard erasingProbability > 0 else { return images }
    return try RandomErasing(probability: erasingProbability, fill: erasingFill)(
      images, origin: origin, isChosen: draws.uniform(2, 3), draws: origin.draws(Draw.erasing))
  }

  private func move(_ batch: inout ChangingBatch, _ draws: AugmentationDraws, _ origin: AugmentationDraws.Origin) throws {
    if resizedCropArea > 0 {
      let words = try origin.draws(Draw.resizedCrop)
      try batch.change { pictures, _ in
        let (height, width) = (pictures.shape[1], pictures.shape[2])
        let windows = try PictureWindows(
          croppingBy: words, area: resizedCropArea...1, form: 3.0 / 4...4.0 / 3, height: height, width: width)
        let resizing = PictureResizing(
          height: resizedCropSize > 0 ? resizedCropSize : height, width: resizedCropSize > 0 ? resizedCropSize : width,
          interpolation: resizedCropInterpolation)
        return try resizing(pictures, windows)
      }
    }
    if cropPadding > 0 || flipProbability > 0 {
      try batch.change { pictures, _ in
        try PictureCropping.window(
          of: pictures, padding: cropPadding, down: draws.integers(0, 0, below: 2 * cropPadding + 1),
          right: draws.integers(0, 1, below: 2 * cropPadding + 1),
          mirrored: draws.uniform(0, 2).isLess(than: flipProbability))
      }
    }
    guard rotation > 0 else { return }
    try batch.change { pictures, _ in
      let degrees = try (draws.uniform(2, 0).to(.float64) * 2.0 - 1.0) * rotation
      let matrices = try AffineMatrices(
        turningBy: degrees, centerX: Double(pictures.shape[2]) / 2, centerY: Double(pictures.shape[1]) / 2)
      return try AffineResampling(fill: 0, interpolation: .nearest)(pictures, matrices)
    }
  }

  private func recolor(_ batch: inout ChangingBatch, _ draws: AugmentationDraws) throws {
    if jitterProbability > 0, brightness > 0 || contrast > 0 || saturation > 0 || hue > 0 {
      let jitter = ColorJitter(
        brightness: brightness, contrast: contrast, saturation: saturation, hue: hue, probability: jitterProbability)
      try jitter.apply(to: &batch, draws: draws, factors: 3, order: 4)
    }
    if greyProbability > 0 {
      try batch.change(where: draws.uniform(2, 1).isLess(than: greyProbability)) { pictures, _ in
        try ColorBlend.grey(pictures)
      }
    }
    if blurProbability > 0 {
      try batch.change(where: draws.uniform(4, 2).isLess(than: blurProbability)) { pictures, selection in
        let sigmas = try selection(draws.uniform(4, 3)).to(.float64) * 1.9 + 0.1
        return try GaussianBlur(forSide: min(pictures.shape[1], pictures.shape[2]))(pictures, sigmas: sigmas)
      }
    }
    if solarizeProbability > 0 {
      try batch.change(where: draws.uniform(2, 2).isLess(than: solarizeProbability)) { pictures, _ in
        try PictureOperation.solarize(pictures, magnitude: 128)
      }
    }
  }

  private func applyPolicy(_ batch: inout ChangingBatch, _ origin: AugmentationDraws.Origin) throws {
    let shape = batch.values.shape
    guard let rule = policy(height: shape[1], width: shape[2]) else { return }
    let program = PolicyProgram(policy: rule, fill: policyFill, interpolation: policyInterpolation)
    let words = try origin.draws(Draw.policy..<Draw.policy + 2 * program.stepCount)
    try program.apply(to: &batch, draws: words)
  }

  /// Where pixels lie outside the blotted square, `[batch, height, width]`.
  private func outsideSquare(_ draws: AugmentationDraws, height: Int, width: Int) throws -> Tensor {
    func outside(_ word: Int, _ length: Int) throws -> Tensor {
      let start = try draws.integers(1, word, below: length).reshaped([-1, 1]) - cutoutSize / 2
      let distance = try Tensor.range(0, length, on: start.device) - start
      return try distance.isLess(than: 0).or(distance.isAtLeast(Double(cutoutSize)))
    }
    return try outside(0, height).reshaped([-1, height, 1]).or(outside(1, width).reshaped([-1, 1, width]))
  }
}
