/// What a random draw is for. Every purpose of a run has its own key, so equal counters do not give equal draws.
///
/// The raw values are part of the key of ``Philox4x32`` and therefore of every stored run: a value is never changed
/// and never used again. New purposes take the next free number.
public enum RandomPurpose: UInt32, Sendable, Codable, CaseIterable {
  /// The order of the images of an epoch.
  case permutation = 1
  /// Which class, and which image of it, a re-balancing sampler draws.
  case sampling = 2
  /// Parameters of crops, flips, colour changes and erased patches.
  case augmentation = 3
  /// Partners and shares of mixed images.
  case mixing = 4
  /// Elements that dropout sets to zero.
  case dropout = 5
  /// Residual branches that stochastic depth skips.
  case dropPath = 6
  /// First values of parameters.
  case initialisation = 7
  /// Noise of a sampler that is learned.
  case adaptiveSampling = 8
  /// Noise added to features, logits or activations.
  case noise = 9
  /// Which images of a set form a validation split.
  case splitting = 10
  /// The synthetic images of the built-in data set.
  case drawing = 11
  /// The noise that erased patches are filled with.
  case erasing = 12
  /// Which part of an image a loader cuts out while decoding, and whether it is mirrored.
  case cropping = 13
}
