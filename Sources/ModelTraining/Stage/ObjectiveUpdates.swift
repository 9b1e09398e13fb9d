/// The usual program: each update, in order, minimises its objective on the next batch of its stream. Teachers get the same batch.
final class ObjectiveUpdates: StageProgram {
  func step(in stage: StageContext) throws {
    for update in stage.updates {
      let batch = try stage.nextBatch(of: update.stream)
      let context = try stage.context(for: batch)
      let objective = try stage.objective(of: update.name)
      try stage.minimize(by: update.name, labels: batch.mainLabels) {
        let output = try stage.output(of: batch.images)
        return (try objective.terms(output, batch, at: context), output.logits)
      }
    }
  }
}
