import NeuralNetworks
import Objectives
import Torch

extension StageContext {
  /// Tells the user something before it is done, such as how much memory it takes.
  public func notify(_ text: String) { run.notice?(text) }

  /// The objective that an update minimises in this phase.
  /// - Throws: `RecipeError.incomplete` when the phase names none for it.
  public func objective(of update: String) throws -> any Objective {
    guard let objective = phase?.objectives[update] else {
      throw RecipeError.incomplete(stage: stage.name, missing: "the objective of update '\(update)'")
    }
    return objective
  }

  /// The learning rate of an update at this step, float32 without axes on the device.
  public func learningRate(of update: String) throws -> Tensor {
    try learningRates[number(of: update)].entries(at: step.reshaped([1])).reshaped([])
  }

  /// The optimiser of an update.
  public func optimizer(of update: String) throws -> any Optimizer { optimizers[try number(of: update)] }

  /// Computes loss terms and their gradients, updates the parameters once, and adds terms and accuracy to the metrics.
  ///
  /// - Parameters:
  ///   - update: the name of the update.
  ///   - labels: the classes that the training accuracy is counted by, int64 `[batch]`.
  ///   - terms: computes the terms and, for the accuracy, the logits. Sharpness-aware minimisation calls it twice.
  public func minimize(
    by update: String, labels: Tensor, _ terms: () throws -> (terms: [LossTerm], logits: Tensor?)
  ) throws {
    let number = try number(of: update)
    let optimizer = optimizers[number]
    try optimizer.update(learningRate: learningRate(of: update), clipping: updates[number].clipping) { pass in
      try optimizer.clearGradients()
      setRunningValues(updated: pass == 0)
      let (terms, logits) = try terms()
      let total = try terms.total()
      try total.backward()
      guard pass == 0 else { return setRunningValues(updated: true) }
      try count(terms, total: total, logits: logits, labels: labels, of: update)
    }
  }

  /// Updates the parameters once by gradients that they hold already.
  public func update(by update: String) throws {
    let number = try number(of: update)
    try optimizers[number].update(learningRate: learningRate(of: update), clipping: updates[number].clipping) { _ in }
  }

  /// Adds terms, and the accuracy where there are logits, to the metrics that are read at intervals.
  public func count(_ terms: [LossTerm], total: Tensor, logits: Tensor?, labels: Tensor, of update: String) throws {
    try metrics[number(of: update)].add(
      terms, total: total, prefix: updates.count == 1 ? "" : update + "/", logits: logits, labels: labels, step: step)
  }

  private func number(of update: String) throws -> Int {
    guard let number = updates.firstIndex(where: { $0.name == update }) else {
      throw RecipeError.incomplete(stage: stage.name, missing: "the update '\(update)'")
    }
    return number
  }

  /// A second pass over the same batch must not move running statistics twice.
  private func setRunningValues(updated: Bool) {
    guard optimizers.contains(where: { $0 is SharpnessAwareMinimization }) else { return }
    for part in model.allModules { (part.module as? BatchNormalization2d)?.updatesRunningValues = updated }
  }
}
