import ArgumentParser
import Foundation
import Longtail

/// The `eval` command.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval", abstract: "Measure a run or a checkpoint on test images.",
    discussion: """
      Prints accuracy over images and classes, by shot group, calibration, and the classes that do worst. A run's own data are used \
      unless --data names others: their classes are matched by name, classes that the run does not know are named and left out, and \
      where there is no test set all images are measured.
      """)

  @Argument(help: "A run's folder or a checkpoint file.", completion: .file())
  var source: String
  @Option(help: "The data folder, or 'drawn'. Default: that of the run.", completion: .directory)
  var data: String?
  @Option(help: "Which images: test or train. Default: test; of other data without a test set all images.")
  var split: String?
  @Option(help: "Views of each picture whose scores are averaged: single, mirrored or ten-crops.")
  var views = TestViews.single
  @Flag(help: "Leave out images that cannot be decoded instead of refusing them; they are named.")
  var skipUnreadable = false
  @OptionGroup var compute: ComputeOptions
  @Flag(help: "Print all metrics as JSON.")
  var json = false

  func run() throws {
    let found = try CheckpointSource(source)
    var (launch, settings) = try found.measurement(of: split, data: data, compute)
    if skipUnreadable { launch.skipsUnreadable = true }
    let images = try found.images(of: launch, split: split, views: views, on: settings.device)
    try UnusedOption.refuse(
      "--skip-unreadable", given: skipUnreadable, if: images.areResident,
      "\(launch.data) has no image files, its images lie in memory, and none can be unreadable; leave it out")
    images.tell()
    let description = found.checkpoint.description
    let model = try found.checkpoint.model()
    try model.move(to: settings.device, format: settings.memoryFormat)
    let classes = try ClassDistribution(counts: description.classCounts, names: description.classNames)
    let result = try Evaluator(for: description, compute: settings)
      .evaluate(model, on: images.pictures, classes: classes).result
    if json { return try printJSON(result, images) }
    print(result, found, images)
  }

  private func printJSON(_ result: EvaluationResult, _ images: MeasuredImages) throws {
    var value = try JSONValue(encoding: result)
    if var object = value.objectValue {
      object["data"] = .object(images.json)
      value = .object(object)
    }
    Console.output(value.indentedText.trimmingLineEnds)
  }

  private func print(_ result: EvaluationResult, _ found: CheckpointSource, _ images: MeasuredImages) {
    let chosen = images.split + (views == .single ? "" : ", \(views.rawValue)")
    let data = data == nil ? "" : " of \(images.path)"
    Console.output(
      "\(found.checkpoint.path): \(found.checkpoint.description.recipe), \(result.sampleCount) images\(data) (\(chosen))"
    )
    var table = TextTable([.init("metric"), .init("value", .right)])
    for (name, value) in result.headline { table.append([MetricName.columnTitle(name), RunQuery.percent(value)]) }
    for group in result.shotGroups {
      table.notes.append("\(group.group): \(group.condition) training images, \(group.classCount) classes")
    }
    Console.output(table.plainText)
    let worst = result.perClass.filter { $0.count > 0 }.sorted { ($0.recall ?? 0) < ($1.recall ?? 0) }.prefix(5)
    var classes = TextTable([.init("worst classes"), .init("training images", .right), .init("accuracy", .right)])
    for entry in worst { classes.append([entry.name, "\(entry.trainingImages)", RunQuery.percent(entry.recall)]) }
    Console.output(classes.plainText)
  }
}
