import Torch

extension Augmentation {
  /// Applies Mixup or CutMix to a batch; returns it as it is where neither is set.
  ///
  /// - Parameters:
  ///   - images: what `callAsFunction` returned, all images of the global batch.
  ///   - labels: int64 `[batch]`.
  ///   - places: int64 `[batch]`, the positions of the images in the global batch.
  ///   - step: int64 without axes, the step counter on the device.
  ///   - seed: the run's seed.
  ///   - stream: the number of the stream within the run.
  ///   - view: which of several views of the same images.
  /// - Returns: the mixed images, and the labels mixed into them; nil where nothing is mixed.
  public func mix(
    _ images: Tensor, labels: Tensor, places: Tensor, step: Tensor, seed: UInt64, stream: Int = 0, view: Int = 0
  ) throws -> (images: Tensor, labels: MixedLabels?) {
    guard let mixing, mixing.mixes else { return (images, nil) }
    let count = images.shape[0]
    // One draw for the batch, at position 0, or one for each position.
    let drawn = try mixing.isPerImage ? places : Tensor.zeros([1], dtype: .int64, on: places.device)
    let origin = AugmentationDraws.Origin(seed: seed, stream: stream, view: view, step: step, places: drawn)
    let draws = try AugmentationDraws(origin, [0..<2], for: .mixing)
    let cuts = mixing.mixupAlpha == nil ? 1 : mixing.cutmixAlpha == nil ? 0 : mixing.cutmixShare
    let isCut = try draws.uniform(0, 0).isLess(than: cuts)
    let isMixed = try draws.uniform(0, 1).isLess(than: mixing.probability)
    let uniform = try draws.uniform(0, 2).to(.float64)
    func share(_ alpha: Double?) throws -> Tensor {
      try alpha.map { try BetaQuantiles.of($0).callAsFunction(uniform) } ?? uniform
    }
    let drawnShare = try share(mixing.cutmixAlpha).selected(where: isCut, else: share(mixing.mixupAlpha))
    let shares = try drawnShare.selected(where: isMixed, else: 1.0)
    let mix = ImageMixing(
      shares: try shares.expanded([count]), isCut: try isCut.expanded([count]),
      middle: (
        row: try draws.integers(1, 0, below: images.shape[2]).expanded([count]),
        column: try draws.integers(1, 1, below: images.shape[3]).expanded([count])
      ), pairs: mixing.pairs)
    let (mixed, mixedLabels) = try mix(images, labels: labels)
    return (mixed, mixedLabels)
  }
}
