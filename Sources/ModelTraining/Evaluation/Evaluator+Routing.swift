import ModelEvaluation
import Torch
import VisionModels

extension Evaluator {
  /// What router and experts say of each image; all experts are asked. The model stays in evaluation mode.
  /// - Throws: `ModelError.setting` for a model without router.
  public func routingTrace(of model: ExpertClassifier, on images: any TrainingImages) throws -> RoutingTrace {
    guard model.router != nil else {
      throw ModelError.setting(name: "experts.routing", value: "null", expected: "router, as a run of ride/… has them")
    }
    try compute.apply()
    model.setTraining(false)
    var trace = try RoutingTrace(experts: model.experts.settings.count)
    try withoutGradients {
      try images.forEachBatch(of: batchSize) { batch, start in
        let inputs = try preprocessing.normalization(batch).contiguous(compute.memoryFormat)
        let output = try withAutocast(compute.precision.autocast, on: compute.device) { try model(inputs) }
        let means = try ExpertRouter.runningMeans(output.expertLogits.map { try $0.to(.float32) })
        try trace.add(
          router: output.routerLogits.map { try $0.to(.float32).floats() },
          answers: means.map { try $0.indexOfMax(alongAxis: 1).integers().map(Int32.init) },
          labels: Array(images.hostLabels[start..<start + batch.shape[0]]))
      }
    }
    return trace
  }
}
