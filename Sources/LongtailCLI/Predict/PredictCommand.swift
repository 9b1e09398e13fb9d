import ArgumentParser
import Foundation
import Longtail

/// The `predict` command.
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Name what images show.",
    discussion: """
      Folders are searched for images, links are followed. One line per image: the best classes with their probabilities. An image \
      that cannot be decoded gets a line that says why, and the others follow; the exit code is 2 only if none can be decoded.
      """)

  /// How lines are written.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// Columns for people.
    case table
    /// Comma-separated values with a header.
    case csv
    /// One JSON object per line.
    case jsonl
    /// One JSON array.
    case json
  }

  @Argument(help: "A run's folder or a checkpoint file.", completion: .file())
  var source: String
  @Argument(help: "Images or folders of images.", completion: .file())
  var images: [String]
  @Option(help: "How many classes to name per image.")
  var top = 1
  @Option(help: "table, csv, jsonl or json; table by default.")
  var format: Format?
  @Flag(help: "Print one JSON array; the same as --format json.")
  var json = false
  @Option(help: ArgumentHelp("Write the lines to a new file instead of printing them.", valueName: "FILE"))
  var out: String?
  @Option(help: "Views of each image whose logits are averaged: single, mirrored or ten-crops.")
  var views = TestViews.single
  @Flag(help: "Leave out images that cannot be decoded: no line for them, only a note.")
  var skipUnreadable = false
  @OptionGroup var compute: ComputeOptions

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top is \(top), but must be at least 1.") }
    if json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) exclude each other; use one of them.")
    }
    if let out, out.isEmpty { throw ValidationError("--out is empty, but must name a file.") }
  }

  func run() throws {
    if let out { try OutputFile.checkAbsent(out) }
    let files = try ImageFiles(images)
    for note in files.notes { Console.error("note: \(note)") }
    let checkpoint = try CheckpointSource(source).checkpoint
    let classCount = checkpoint.description.classNames.count
    guard top <= classCount else {
      throw ValidationError("--top is \(top), but the network knows \(classCount) classes; name at most as many.")
    }
    let settings = try ComputeSettings(
      RunLaunch(
        recipe: checkpoint.description.recipe, data: "", device: compute.device, precision: compute.precision,
        threads: compute.threads))
    let maker = PictureMaker(
      preprocessing: checkpoint.description.preprocessing, device: settings.device, skipsUnreadable: true)
    try views.requireUse(of: files, as: checkpoint.description.preprocessing)
    let prepared = try ViewedPictures(files, views: views, maker: maker)
    sayWhatCannotBeDecoded(prepared.skipped, of: files.count)
    guard let out else { return try write(files, prepared, checkpoint, settings) { Console.output(data: $0) } }
    try AtomicFile.write(to: out) { sink in
      // The closure below is used only while the file is open.
      var lines: [String] = []
      try write(files, prepared, checkpoint, settings) { lines.append($0) }
      for line in lines { try sink.write(line + "\n") }
    }
  }

  private func sayWhatCannotBeDecoded(_ unreadable: [PreparedImages.Unreadable], of count: Int) {
    guard !unreadable.isEmpty else { return }
    let what = skipUnreadable ? "left out" : "named in their lines"
    Console.error("note: \(unreadable.count) of \(count) images cannot be decoded and are \(what)")
    if skipUnreadable { for image in unreadable { Console.error("left out: \(image.reason)") } }
  }

  private func write(
    _ files: ImageFiles, _ prepared: ViewedPictures, _ checkpoint: Checkpoint, _ settings: ComputeSettings,
    to output: @escaping (String) -> Void
  ) throws {
    let description = checkpoint.description
    let model = try checkpoint.model()
    try model.move(to: settings.device, format: settings.memoryFormat)
    let writer = PredictionWriter(
      format: json ? .json : format ?? .table, classNames: description.classNames,
      top: top, output: output)
    writer.begin()
    var rows = PredictionRows(count: files.count, unreadable: prepared.skipped, showsUnreadable: !skipUnreadable)
    try Evaluator(for: description, compute: settings).logits(of: model, on: prepared) { logits, _ in
      let width = description.classNames.count
      for row in 0..<logits.count / width {
        for failure in rows.beforeNextImage() { writer.write(failure) }
        writer.write(files.name(at: rows.nextImage()), Array(logits[row * width..<(row + 1) * width]))
      }
      try Console.checkOutput()
    }
    for failure in rows.beforeNextImage() { writer.write(failure) }
    writer.end()
  }
}
