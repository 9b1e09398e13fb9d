import DataLoading
import Datasets
import FileAccess
import Foundation
import LongtailMethods
import ModelTraining
import NeuralNetworks
import Objectives
import RunRecords
import Serialization
import Transforms
import VisionModels

/// Checks a configuration before a folder is made, and prepares its data: a run that begins will not fail for its settings.
public struct Preflight {
  let configuration: RunConfiguration
  private let notice: (@Sendable (String) -> Void)?

  var options: RunOptions { configuration.options }
  var method: any Method { configuration.method }
  var directory: DataDirectory { configuration.data }

  /// - Parameters:
  ///   - configuration: what is checked.
  ///   - notice: called with what a user should know and what takes long; it may be called from other threads.
  public init(_ configuration: RunConfiguration, notice: (@Sendable (String) -> Void)? = nil) {
    self.configuration = configuration
    self.notice = notice
  }

  /// Refuses what does not fit together, and prepares the data.
  ///
  /// - Throws: `DataSourceError`, `ImageCodecError`, `SettingsError`, `WeightMismatch`, `RecipeError`, naming what does not fit.
  public func prepareData() throws -> TrainingData {
    try requireUse()
    try requireClasses()
    let description = try method.model.description.outline(classes: directory.classNames.count)
    // Counting passes through the network, which shows whether it takes inputs of this size.
    _ = try description.operationCounts(inputSize: method.model.inputSize)
    if let weights = options.weights { try checkWeights(weights) }
    noteImages()
    noteSchedule()
    noteChoices()
    let data = try method.prepare(
      directory, choosing: options.data.selection(method.data), on: configuration.compute.device,
      loading: options.data.storage, skipsUnreadable: options.data.skipsUnreadable, notice: notice)
    let recipe = try options.recipe(of: method, for: data.classes)
    try recipe.checkFinishedStages(classNames: data.classes.names)
    noteNarrowLogits(recipe)
    let network = try recipe.model.outline(classes: data.classes.classCount)
    let operations = try network.operationCounts(inputSize: method.model.inputSize).total
    note(
      "network: \(method.model.backbone), \(CountText.grouped(network.parameterCount)) parameters, "
        + "\(CountText.short(operations)) multiply-accumulates per image")
    return data
  }

  // MARK: Refusals

  private func requireClasses() throws {
    guard directory.classNames.count < 2 else { return }
    throw DataSourceError.badSetting(
      name: options.data.path, value: "1 class (\(directory.classNames.first ?? ""))",
      expected: "at least 2 classes: one folder per class, or several labels in the list")
  }

  /// Compares weights with the network that training begins with, such as one of several experts.
  private func checkWeights(_ path: String) throws {
    let classes = try ClassDistribution(
      labels: directory.training.labels.map(Int32.init), classCount: directory.classNames.count)
    let model = try options.recipe(of: method, for: classes).model(ofStage: 0).outline(classes: classes.classCount)
    let match = try WeightsFile(path).match(with: model)
    let report = match.report
    guard report.hasBackbone, report.extra.isEmpty else { throw match.mismatch }
    try match.checkFinite()
    note(
      "weights: \(report.matched.count + report.resized.count) of \(model.state.count) tensors fit "
        + method.model.backbone + (report.newHead.isEmpty ? "" : "; the head is initialised at random"))
  }

  // MARK: Notes

  private func note(_ text: String) { notice?(text) }

  private func noteImages() {
    let wanted = method.model.inputSize
    if let image = try? directory.training.imageSize(at: 0), image.width != wanted || image.height != wanted {
      note(
        "note: the recipe takes \(wanted) x \(wanted) pixels and the first image has \(image.width) x \(image.height): "
          + "the shorter edge is resized and the centre is cropped; --set model.inputSize=N changes it")
    }
    if method.data.imbalanceFactor > 1, options.data.trainingList == nil,
      !TrainingData.thins(directory, method.data)
    {
      note(
        "note: the recipe thins CIFAR to an imbalance factor of \(method.data.imbalanceFactor); these data are used as they are"
      )
    }
    if directory.evaluation == nil {
      note("note: the data have no test set, so nothing is evaluated; --hold-out 0.2 holds out a fifth of the images")
    }
    for text in directory.notes { note("note: \(text.escapedForDisplay)") }
  }

  private func noteSchedule() {
    let late = method.training.unreachedMilestones
    if !late.isEmpty {
      note(
        "note: learning-rate milestones past the last epoch: \(late.map { SettingChecks.text(of: $0) }.joined(separator: ", ")) of "
          + "\(method.training.length); use --set training.schedule=cosine, or set training.schedule.steps.epochs")
    }
    if method.needsWeights, options.weights == nil {
      note(
        "note: most of the network stays near its initial weights (model.trainedParts, "
          + "training.backboneLearningRateMultiplier), and these are random; --weights FILE gives pretrained ones")
    }
  }

  private func noteChoices() {
    let shown = ["model.inputSize", "model.backbone", "training.batchSize", "training.length"]
    let chosen = configuration.settings.leaves.compactMap { path, value, origin -> String? in
      guard case .data(let reason) = origin, shown.contains(path) else { return nil }
      return "\(path)=\(value.stringValue ?? value.compactText) (\(reason))"
    }
    guard !chosen.isEmpty else { return }
    note("note: chosen for these data: \(chosen.joined(separator: ", ")); --print-config shows all, --set changes them")
  }

  /// Logits within -scale...scale cannot make up for a log prior that spans more than that.
  private func noteNarrowLogits(_ recipe: Recipe) {
    let model = method.model
    guard model.head == .cosine, model.scaleRule == .fixed else { return }
    let objectives = recipe.stages.flatMap(\.phases).flatMap(\.objectives.values)
    let span = objectives.compactMap { ($0 as? any PriorObjective)?.offsetSpan }.max() ?? 0
    guard model.cosineScale < span else { return }
    note(
      "note: logits lie within \(model.cosineScale) of 0 and the log prior spans \(String(format: "%.1f", span)), so rare classes cannot "
        + "win by their logits while training; set model.cosineScale to 16 or more")
  }
}
