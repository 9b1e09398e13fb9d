import ModelEvaluation
import Torch
import VisionData
import VisionModels

extension Evaluator {
  /// What gates and experts say of each picture; all experts are asked. The model stays in evaluation mode.
  /// - Throws: `ModelError.setting` for a model without gates.
  public func routingTrace(of model: ExpertClassifier, on images: any TrainingPictures) throws -> RoutingTrace {
    guard model.gates != nil else {
      throw ModelError.setting(name: "experts.routing", value: "null", expected: "gates, as a run of ride/… has them")
    }
    try compute.apply()
    model.setTraining(false)
    var trace = try RoutingTrace(experts: model.experts.settings.count)
    try withoutGradients {
      try images.forEachBatch(of: batchSize) { pictures, start in
        let inputs = try preprocessing.normalization(pictures).contiguous(compute.memoryFormat)
        let output = try withAutocast(compute.precision.autocast, on: compute.device) { try model(inputs) }
        let means = try RoutingGates.runningMeans(output.expertLogits.map { try $0.to(.float32) })
        try trace.add(
          gates: output.gateLogits.map { try $0.to(.float32).floats() },
          answers: means.map { try $0.indexOfMax(alongAxis: 1).integers().map(Int32.init) },
          labels: Array(images.hostLabels[start..<start + pictures.shape[0]]))
      }
    }
    return trace
  }
}
