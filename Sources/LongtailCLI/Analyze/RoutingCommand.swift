import ArgumentParser
import Foundation
import Longtail

/// The `analyze routing` command.
struct RoutingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routing",
    abstract: "Compare accuracy and operations of a network of experts for several routing thresholds.",
    discussion: """
      All experts classify every image once. Accuracy, operations and the fractions of images that stop after each expert are then \
      computed for all experts, for the first one alone, for the threshold used in training, and for budgets: fractions of all \
      experts' operations, for each of which the lowest threshold within it is used. CSV has fractions, the other tables per cent.

      longtail analyze routing runs/ride --operations 0.9,0.77,0.6
      """)

  @Argument(help: "A run's folder or a checkpoint file.", completion: .file())
  var source: String
  @Option(help: ArgumentHelp("Budgets, fractions above 0 and at most 1.", valueName: "SHARES"))
  var operations = OperationBudgets([0.9, 0.8, 0.77, 0.7, 0.6])
  @Option(help: "The data folder, or 'synthetic'. Default: that of the run.", completion: .directory)
  var data: String?
  @Option(help: "The split to evaluate: test or train. Default: test, or all images of other data without a test set.")
  var split: EvaluationSplit?
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var form: FormatOptions

  func run() throws {
    let found = try RunCheckpoint(source)
    let settings = try compute.choices.settings()
    let description = found.checkpoint.description
    let (model, router) = try found.routedModel()
    try model.move(to: settings.device, format: settings.memoryFormat)
    let images = try found.images(
      of: split, in: found.data(at: data), views: .single, on: settings.device
    ).images.crops[0]
    let trace = try Evaluator(for: description, compute: settings).routingTrace(of: model, on: images)
    let classes = try ClassDistribution(counts: description.classCounts, names: description.classNames)
    let operations = try model.expertOperations(inputSize: description.preprocessing.inputSize)
    let report = try RoutingReport(
      of: trace, trainedThreshold: router.threshold, budgets: self.operations.shares, classes: classes,
      cost: { try operations.expected(stoppingFractions: $0) })
    self.operations.tellMissing(in: report.rows.map(\.name))
    try form.format.output(table: report.table, csv: report.csv, json: report)
  }
}
