import DataLoading
import ModelTraining
import NeuralNetworks
import Objectives
import Torch

/// The usual step on all views of each image, concatenated along the batch axis: the first views, then the second ones.
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
    // Images count once, and as correct by the prediction for their first view.
    let labels = views[0].labels
    try stage.minimize(by: update.name, labels: labels) {
      let output = try stage.output(of: batch.images)
      let first = try output.logits.narrowed(axis: 0, start: 0, count: labels.elementCount)
      return (try objective.terms(output, batch, at: context), first)
    }
  }
}
