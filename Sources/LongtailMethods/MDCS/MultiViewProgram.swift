import DataLoading
import ModelTraining
import NeuralNetworks
import Objectives
import Torch

/// The usual step on all views of each image: those of the first kind, then those of the second, in one batch.
final class MultiViewProgram: StageProgram {
  func step(in stage: StageContext) throws {
    let update = stage.updates[0]
    let views = try stage.nextViews(of: update.stream)
    let batch = try withoutGradients {
      Batch(
        images: try Tensor.concatenation(views.map(\.images)), labels: try Tensor.concatenation(views.map(\.labels)),
        indices: try Tensor.concatenation(views.map(\.indices)))
    }
    let context = try stage.context(for: batch)
    let objective = try stage.objective(of: update.name)
    // Images count once, and as hits where their first view is answered rightly.
    let labels = views[0].labels
    try stage.minimize(by: update.name, labels: labels) {
      let output = try stage.output(of: batch.images)
      let first = try output.logits.narrowed(axis: 0, start: 0, count: labels.elementCount)
      return (try objective.terms(output, batch, at: context), first)
    }
  }
}
