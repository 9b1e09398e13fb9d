import ModelTraining
import NeuralNetworks
import Objectives
import Torch
import VisionData

/// The usual step on several views of each picture: those of the first kind, then those of the second, in one batch.
final class ViewsOfPictures: StageProgram {
  private let views: [Augmentation]

  /// Makes a program.
  /// - Parameter views: how each view is changed; the first is what the stage's phases say.
  init(_ views: [Augmentation]) { self.views = views }

  func step(in stage: StageAccess) throws {
    let update = stage.updates[0]
    let seen = try stage.batches(of: update.stream, changedBy: views)
    let batch = try withoutGradients {
      Batch(
        images: try Tensor.concatenation(seen.map(\.images)), labels: try Tensor.concatenation(seen.map(\.labels)),
        indices: try Tensor.concatenation(seen.map(\.indices)))
    }
    let context = try stage.context(for: batch)
    let objective = try stage.objective(of: update.name)
    try stage.minimize(by: update.name, labels: batch.labels) {
      let output = try stage.output(of: batch.images)
      return (try objective.terms(output, batch, at: context), output.logits)
    }
  }
}
