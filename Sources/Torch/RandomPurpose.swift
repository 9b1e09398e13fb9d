/// The purpose of a random draw. Every purpose has its own key, so equal counters do not give equal draws.
///
/// The raw values are part of the key of ``Philox4x32`` and therefore of every stored run: a value is never changed
/// and never reused. New purposes get the next free number.
public enum RandomPurpose: UInt32, Sendable, Codable, CaseIterable {
  /// The order of the images of an epoch.
  case permutation = 1
  /// Which class, and which image of it, a re-balancing sampler draws.
  case sampling = 2
  /// Parameters of crops, flips, color jitter and random erasing.
  case augmentation = 3
  /// Partners and shares of mixup and CutMix.
  case mixing = 4
  /// Elements that dropout sets to zero.
  case dropout = 5
  /// Residual branches that stochastic depth skips.
  case dropPath = 6
  /// Initial values of parameters.
  case initialisation = 7
  /// Noise of a learned sampler.
  case adaptiveSampling = 8
  /// Noise added to features, logits or activations.
  case noise = 9
  /// Which images of a set form a validation split.
  case splitting = 10
  /// Synthetic images.
  case drawing = 11
  /// The noise of random erasing.
  case erasing = 12
  /// Crops and flips that a loader applies while decoding.
  case cropping = 13
}
