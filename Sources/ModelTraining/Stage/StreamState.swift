import Torch
import Transforms

/// A stream while it runs: the order of the current epoch on the device, the place in it, and what hands out its images.
///
/// Which images a step sees depends on the step alone, so a run can go on from any step.
final class StreamState {
  let name: String
  let plan: BatchPlan
  private let furtherViews: [Augmentation]
  private let labels: Tensor
  private let feed: any BatchFeed
  private let device: Device
  private let order: Tensor
  private let cursor: Tensor
  private var loadedEpoch = -1
  private var nextStep = -1

  init(
    _ stream: DataStream, plan: BatchPlan, images: any TrainingImages, device: Device, keepsPlace: Bool
  ) throws {
    name = stream.name
    self.plan = plan
    furtherViews = stream.furtherViews
    self.device = device
    labels = images.labels
    feed = try images.feed(plan, keepsPlace: keepsPlace)
    order = try Tensor.zeros([plan.sampler.epochLength], dtype: .int64, on: device)
    cursor = try Tensor.zeros([], dtype: .int64, on: device)
  }

  /// How long images have been waited for so far.
  var waited: Duration { feed.waited }

  /// Whether all images lie on the device.
  var isResident: Bool { feed.isResident }

  /// Tells the streams of all stages apart.
  static func number(stage: Int, stream: Int) -> Int { stage << 8 | stream }

  /// Steps from one on that see whole batches of the same epoch and need nothing of the host: at least 1 is to be done.
  func wholeBatches(from step: Int) -> Int {
    feed.isResident ? plan.wholeBatches(fromPosition: step % plan.stepsPerEpoch) : 1
  }

  /// Makes ready for some steps of the same size, and says how many images each has. Resident images are written to the device
  /// only where an epoch begins.
  func prepare(step: Int, steps: Int = 1, augmentation: Augmentation) throws -> Int {
    let epoch = step / plan.stepsPerEpoch
    let place = step % plan.stepsPerEpoch
    if epoch != loadedEpoch {
      try order.copy(from: Tensor(plan.order(ofEpoch: epoch).map(Int.init)))
      loadedEpoch = epoch
      nextStep = -1
    }
    if nextStep != step { try cursor.fill(Double(place * plan.batchSize)) }
    nextStep = step + steps
    try feed.load(step: step, views: [augmentation] + furtherViews)
    return plan.imageCount(atPosition: place)
  }

  /// Images that indices on the device name, and the changes that are left to be made to them.
  func images(
    at indices: Tensor, augmentation: Augmentation
  ) throws -> (images: Tensor, chosen: Tensor?, left: Augmentation) {
    guard feed.isResident else {
      throw RecipeError.incomplete(
        stage: name, missing: "images in memory (--images memory): which ones are wanted is drawn on the device")
    }
    return try feed.images(at: indices, view: 0, augmentation: augmentation)
  }

  /// The next `count` images: indices, labels, and for each view the images (those that `chosen` names, or all) and the changes that
  /// are left to be made to them.
  func next(
    _ count: Int, augmentation: Augmentation
  ) throws -> (indices: Tensor, labels: Tensor, views: [(images: Tensor, chosen: Tensor?, left: Augmentation)]) {
    let indices = try order.entries(at: Tensor.range(0, count, on: device) + cursor)
    try cursor.add(count)
    let views = try ([augmentation] + furtherViews).enumerated().map { number, augmentation in
      try feed.images(at: indices, view: number, augmentation: augmentation)
    }
    return (indices, try labels.entries(at: indices), views)
  }
}
