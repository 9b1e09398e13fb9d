import Foundation
import Longtail

/// Trains Balanced Softmax on a folder of images and prints its accuracy for frequent and for rare classes.
///
///     swift run -c release ClassifyFolder DIR [EPOCHS]
///
/// DIR is a folder in any layout that `longtail data inspect` understands, or `synthetic`.
@main struct ClassifyFolder {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let path = arguments.first else { return print("usage: ClassifyFolder DIR [EPOCHS]") }

    // A method is its settings, with documented defaults; change what you want to differ.
    let method = BalancedSoftmax {
      $0.model.inputSize = 32
      $0.training.length = .epochs(arguments.dropFirst().first.flatMap { Int($0) } ?? 30)
    }

    // Where the data have no test set, a fifth of each class is held out.
    let run = try Longtail.train(method, on: path, holdingOut: path == "synthetic" ? 0 : 0.2, observers: [Progress()])

    guard let result = run.evaluation?.result else { return }
    print("all classes: \(percent(result.accuracy)) of \(result.sampleCount) test images")
    for group in result.shotGroups {
      print("\(group.group) (\(group.condition) training images): \(percent(group.accuracy))")
    }
  }
}

/// Prints the loss at each reading.
final class Progress: TrainingObserver {
  func observe(_ event: TrainingEvent) {
    guard case .interval(let progress, let metrics) = event else { return }
    print("step \(progress.step) of \(progress.totalSteps): loss " + String(format: "%.3f", metrics.loss))
  }
}

private func percent(_ fraction: Double) -> String { String(format: "%.1f %%", fraction * 100) }
