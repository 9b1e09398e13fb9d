import ArgumentParser
import Foundation
import Longtail

/// The `analyze routing` command.
struct RoutingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routing",
    abstract:
      "Tell what a network of experts gives for what it costs, by how readily its gates ask for a further expert.",
    discussion: """
      All experts answer every image once; then accuracy, operations and the shares of images that stop after each expert are worked out \
      for all experts, for the first one alone, for the threshold that was trained with, and for budgets: shares of all experts' \
      operations, for each of which the lowest threshold within it is taken. CSV has fractions, the other tables per cent.

      longtail analyze routing runs/ride --operations 0.9,0.77,0.6
      """)

  @Argument(help: "A run's folder or a checkpoint file.", completion: .file())
  var source: String
  @Option(help: ArgumentHelp("Budgets, above 0 and at most 1.", valueName: "SHARES"))
  var operations = OperationBudgets([0.9, 0.8, 0.77, 0.7, 0.6])
  @Option(help: "The data folder, or 'drawn'. Default: that of the run.", completion: .directory)
  var data: String?
  @Option(help: "Which images: test or train. Default: test; of other data without a test set all images.")
  var split: String?
  @OptionGroup var compute: ComputeOptions
  @OptionGroup var form: FormatOptions

  func run() throws {
    let found = try CheckpointSource(source)
    let (launch, settings) = try found.measurement(of: split, data: data, compute)
    let description = found.checkpoint.description
    let (model, gates) = try found.routedModel()
    try model.move(to: settings.device, format: settings.memoryFormat)
    let images = try found.images(of: launch, split: split, views: .single, on: settings.device).pictures.sets[0]
    let trace = try Evaluator(for: description, compute: settings).routingTrace(of: model, on: images)
    let classes = try ClassDistribution(counts: description.classCounts, names: description.classNames)
    let operations = try model.expertOperations(inputSize: description.preprocessing.inputSize)
    let report = try RoutingReport(
      of: trace, trainedThreshold: gates.threshold, budgets: self.operations.shares, classes: classes,
      cost: { try operations.expected(stoppingFractions: $0) })
    self.operations.tellMissing(in: report.rows.map(\.name))
    try form.format.output(table: report.table, csv: report.csv, json: report)
  }
}
