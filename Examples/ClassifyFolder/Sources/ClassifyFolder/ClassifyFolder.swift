import Foundation
import Longtail

/// Trains Balanced Softmax on a folder of images and prints what it got right for frequent and for rare classes.
///
///     swift run -c release ClassifyFolder DIR [EPOCHS]
///
/// DIR is a folder in any layout that `longtail data inspect` understands, or `drawn`.
@main struct ClassifyFolder {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.first else { return print("usage: ClassifyFolder DIR [EPOCHS]") }
    try Engine.verify()

    // 1. The images. Without a test set, a fifth of each class is set aside.
    var directory = try path == "drawn" ? DataDirectory.drawn() : DataDirectory.open(path)
    if directory.evaluation == nil { directory = try directory.holdingOut(fraction: 0.2, seed: 0) }

    // 2. A method: settings with documented defaults, changed where wanted.
    var settings = BalancedSoftmaxSettings(training: .own)
    settings.model.inputSize = 32
    settings.training.length = .epochs(arguments.dropFirst().first.flatMap { Int($0) } ?? 30)

    // 3. Pictures of one size on the device, and the recipe for these classes.
    let compute = ComputeSettings()
    let data = try TrainingData.prepare(
      directory, settings: settings.data, inputSize: settings.model.inputSize, on: compute.device)
    let recipe = try settings.recipe(named: "balanced-softmax/mine", for: data.classes)
    print(
      "\(data.classes.total) images of \(data.classes.classCount) classes, largest over smallest: "
        + String(format: "%.1f", data.classes.imbalanceFactor))

    // 4. Training, and the measurement of the last epoch.
    let trainer = try Trainer(recipe, data: data, compute: compute, seed: 0, observers: [Progress()])
    guard let result = try trainer.run()?.result else { return }
    print("all classes: \(percent(result.accuracy)) of \(result.sampleCount) test images")
    for group in result.shotGroups {
      print("\(group.group) (\(group.condition) training images): \(percent(group.accuracy))")
    }
  }
}

/// Prints a line at each reading.
final class Progress: TrainingObserver {
  func observe(_ event: TrainingEvent) {
    guard case .interval(let place, let metrics) = event else { return }
    print("step \(place.step) of \(place.totalSteps): loss " + String(format: "%.3f", metrics.loss))
  }
}

private func percent(_ fraction: Double) -> String { String(format: "%.1f %%", fraction * 100) }
