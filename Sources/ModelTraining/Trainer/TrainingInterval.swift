/// Images and time since the last reading.
struct TrainingInterval {
  var images = 0
  /// How long training had waited for images at the beginning of the interval.
  let waited: Duration
  private let start = ContinuousClock.now

  init(waited: Duration) { self.waited = waited }

  /// Images per second.
  var imagesPerSecond: Double { Double(images) / max(1e-9, start.duration(to: .now) / .seconds(1)) }

  /// The share of the interval that was spent waiting for images.
  /// - Parameter waited: how long training has waited since the beginning of the stage.
  func waitingShare(waited: Duration) -> Double {
    min(1, (waited - self.waited) / max(start.duration(to: .now), .nanoseconds(1)))
  }
}
