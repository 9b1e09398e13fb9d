import ArgumentParser
import Foundation
import Longtail

/// The `bench loader` command.
struct BenchLoaderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "loader",
    abstract: "Time the reading, decoding and cutting of pictures, part by part.",
    discussion: """
      Without files, photographs are drawn (500 x 375 pixels). Every number of workers is measured by itself, from the files and, with \
      --cache, from a decoded cache that is made first.
      """)

  @Argument(help: "Pictures or folders of pictures.")
  var files: [String] = []

  @OptionGroup var options: BenchReportOptions

  @Option(help: "Loader threads, one measurement for each number.")
  var workers = "1,2"

  @Option(help: "Width and height of the pictures that come out.")
  var side = 224

  @Option(help: "What is cut out: random (a random part, mirrored at random) or center.")
  var crop = BenchCrop.random

  @Option(help: "How files become pixels: exact or fast.")
  var quality = BenchQuality.exact

  @Option(help: "Pictures per batch.")
  var batch = 64

  @Option(help: "Seconds of each measurement.")
  var seconds = 5.0

  @Flag(help: "Also measure with a decoded cache, in a temporary file.")
  var cache = false

  @Option(help: "The shorter side of the pictures in the cache. Default: 256.")
  var cacheSide: Int?

  @Option(help: "How many photographs are drawn without files. Default: 64.")
  var pictures: Int?

  func validate() throws {
    for (name, value) in [
      ("side", side), ("batch", batch), ("pictures", pictures ?? 1), ("cache-side", cacheSide ?? 1),
    ]
    where value < 1 { throw ValidationError("--\(name) is \(value), but must be at least 1") }
    guard seconds > 0 else { throw ValidationError("--seconds is \(seconds), but must be positive") }
    try UnusedOption.refuse(
      "--cache-side", given: cacheSide != nil, if: !cache, "no cache is measured; add --cache, or leave it out")
    try UnusedOption.refuse(
      "--pictures", given: pictures != nil, if: !files.isEmpty, "files are named, so none are drawn; leave it out")
    _ = try workerCounts()
  }

  func run() throws {
    try Engine.verify()
    let folder = try TemporaryFolder()
    let source = try ImageFiles(files.isEmpty ? BenchPhotographs.write(pictures ?? 64, to: folder.path) : files)
    var runs: [LoaderRun] = []
    for count in try workerCounts() { runs.append(try measure(source, workers: count, isCached: false)) }
    if cache {
      let cached = try DecodedCache.openOrMake(
        folder.path + "/decoded", of: source, policy: DecodedCachePolicy(shortSide: cacheSide ?? 256))
      for count in try workerCounts() { runs.append(try measure(cached, workers: count, isCached: true)) }
    }
    let bytes = try source.labels.indices.reduce(0) { try $0 + source.contentSize(at: $1) }
    try options.show(
      LoaderReport(
        pictures: source.count, kilobytesPerPicture: Double(bytes) / Double(source.count) / 1024, side: side,
        crop: crop.rawValue, quality: quality.rawValue, batch: batch, runs: runs))
  }

  private func workerCounts() throws -> [Int] {
    let counts = workers.split(separator: ",").map { Int($0) ?? 0 }
    guard !counts.isEmpty, counts.allSatisfy({ (1...256).contains($0) }) else {
      throw ValidationError("--workers is '\(workers)', but must be numbers of threads such as 1,2")
    }
    return counts
  }

  private func measure(_ source: any ImageSource, workers: Int, isCached: Bool) throws -> LoaderRun {
    let settings = LoaderSettings(
      side: side, crop: crop == .random ? .random(RandomCrop()) : .center(shortSide: side * 8 / 7), seed: 0,
      decoding: DecodingOptions(quality: quality.quality), workers: workers)
    let loader = try PictureLoader(source, settings)
    var step = 0
    func plan(_ count: Int) throws {
      try loader.append(
        (0..<count).map { number in
          let first = (step + number) * batch
          return PlannedBatch(
            step: UInt64(step + number), indices: (0..<batch).map { (first + $0) % source.count })
        })
      step += count
    }
    // The first batches fill the buffers; from then on one batch is planned for each that is taken.
    try plan(settings.batchesAhead + 2)
    for _ in 0..<2 { _ = try loader.next() }
    let (begin, processor, clock) = (loader.counters, ProcessUsage.processorSeconds, ContinuousClock.now)
    var taken = 0
    while taken < 3 || clock.duration(to: .now).milliseconds < seconds * 1000 {
      try plan(1)
      _ = try loader.next()
      taken += 1
    }
    let elapsed = clock.duration(to: .now).milliseconds / 1000
    return LoaderRun(
      workers: workers, isCached: isCached, seconds: elapsed,
      processorSeconds: ProcessUsage.processorSeconds - processor, counters: loader.counters.since(begin))
  }
}

/// What is cut out, by name.
enum BenchCrop: String, ExpressibleByArgument, CaseIterable {
  case random
  case center
}

/// How files become pixels, by name.
enum BenchQuality: String, ExpressibleByArgument, CaseIterable {
  case exact
  case fast

  var quality: DecodingOptions.Quality { self == .fast ? .fast : .exact }
}
