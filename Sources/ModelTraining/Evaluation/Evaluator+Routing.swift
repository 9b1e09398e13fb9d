import ModelEvaluation
import Torch
import VisionModels

extension Evaluator {
  /// The router's logits and the predictions after each expert, for each image; all experts are computed. The model is left in evaluation mode.
  /// - Throws: `ModelError.setting` for a model without a router.
  public func routingTrace(of model: any ImageModel, on images: any TrainingImages) throws -> RoutingTrace {
    try compute.apply()
    model.setTraining(false)
    var trace: RoutingTrace?
    try withoutGradients {
      try images.forEachBatch(of: batchSize) { batch, start in
        let inputs = try preprocessing.normalization(batch).contiguous(compute.memoryFormat)
        let output = try withAutocast(compute.precision.autocast, on: compute.device) { try model(inputs) }
        guard !output.routerLogits.isEmpty else { throw Self.needsRouter }
        let means = try ExpertRouter.runningMeans(output.expertLogits.map { try $0.to(.float32) })
        var extended = try trace ?? RoutingTrace(experts: output.expertLogits.count)
        try extended.add(
          routerLogits: output.routerLogits.map { try $0.to(.float32).floats() },
          predictions: means.map { try $0.indexOfMax(alongAxis: 1).integers().map(Int32.init) },
          labels: Array(images.hostLabels[start..<start + batch.shape[0]]))
        trace = extended
      }
    }
    guard let trace else { throw Self.needsRouter }
    return trace
  }

  private static var needsRouter: ModelError {
    ModelError.setting(name: "experts.routing", value: "null", expected: "a router, as runs of ride/… have")
  }
}
