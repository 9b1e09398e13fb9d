import Foundation
import Longtail

/// Small data sets and runs, written where a test wants them.
enum Fixture {
  /// A folder a class, with small images that all differ.
  ///
  /// - Parameter counts: the images of each class.
  static func classFolders(_ counts: KeyValuePairs<String, Int>, at folder: URL) throws {
    for (position, (name, count)) in counts.enumerated() {
      let place = folder.appending(path: name)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      for index in 0..<count {
        try image(position, index).write(to: place.appending(path: "\(name)-\(index).png"))
      }
    }
  }

  private static func image(_ label: Int, _ index: Int) throws -> Data {
    let color = RGBColor(
      red: UInt8(truncatingIfNeeded: label * 60), green: UInt8(truncatingIfNeeded: index * 7), blue: 90)
    return Data(try ImageCodec.encodePNG(PixelImage(width: 12 + index % 3, height: 10, color: color)))
  }

  /// The binary files of a CIFAR-100 with few images of each class.
  static func cifar100(imagesPerClass: Int, at folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let names = (0..<100).map { "class-\($0)\n" }.joined()
    try names.write(to: folder.appending(path: "fine_label_names.txt"), atomically: true, encoding: .utf8)
    try records(imagesPerClass * 100, first: 0).write(to: folder.appending(path: "train.bin"))
    try records(100, first: 100_000).write(to: folder.appending(path: "test.bin"))
  }

  private static func records(_ count: Int, first: Int) -> Data {
    var data = Data(capacity: count * 3074)
    for index in 0..<count {
      data += [UInt8(index % 20), UInt8(index % 100)]
      // The number of the image makes its pixels unlike all others.
      let number = first + index
      data += (0..<3072).map { UInt8(truncatingIfNeeded: (number >> (($0 % 3) * 8)) &+ $0 / 96) }
    }
    return data
  }

  /// A run that came to its end.
  static func run(recipe: String, seed: Int, accuracy: Double, selection: SelectionRule = .last, at url: URL) throws {
    let folder = try unfinishedRun(seed: seed, at: url)
    let log = try LogWriter(folder.logPath)
    try log.append(.epoch, step: 100, epoch: 9)
    try log.append(.finished, step: 100)
    let values = [
      MetricName.accuracy: accuracy, MetricName.balancedAccuracy: accuracy - 0.01,
      MetricName.manyShotAccuracy: accuracy + 0.2, MetricName.fewShotAccuracy: accuracy / 2, "macroF1": accuracy - 0.02,
    ]
    try folder.write(
      RunMetrics(
        recipe: recipe, seed: seed, selection: selection, epoch: 9, step: 100, values: values,
        shotLimits: ShotLimits(manyAbove: 100, fewBelow: 20), confusion: ConfusionMatrix(rows: [[9, 1], [7, 3]])))
    try folder.write([
      ClassRecord(
        index: 0, name: "cat", trainingCount: 200, shotGroup: "many", evaluatedCount: 10, accuracy: accuracy + 0.2),
      ClassRecord(
        index: 1, name: "ocelot", trainingCount: 5, shotGroup: "few", evaluatedCount: 10, accuracy: accuracy / 2),
    ])
  }

  /// A run that was stopped before it was measured.
  @discardableResult
  static func unfinishedRun(seed: Int, at url: URL) throws -> RunFolder {
    let folder = try RunFolder.create(at: url.path)
    var environment = RunEnvironment(
      packageVersion: "0.1.0", engineVersion: "2.11.0", device: "cpu", threads: 2, precision: "float32", seed: seed,
      commandLine: ["longtail", "train", "plain/own", "--set", "training.length='2 epochs'"],
      startTime: Date(timeIntervalSince1970: 0))
    environment.processor = "A processor"
    try folder.write(environment)
    return folder
  }
}
