import ArgumentParser
import Longtail
import VisionModels

/// The `longtail-bench startup` command.
struct BenchStartupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "startup", abstract: "Do one training step and end; from outside, the time of start to first step.")

  @OptionGroup var model: BenchModelOptions
  @OptionGroup var options: BenchOptions

  @Option(help: "Images of the step.")
  var batch = 128

  func validate() throws {
    guard batch >= 1 else { throw ValidationError("--batch is \(batch), but must be at least 1") }
  }

  func run() throws {
    try options.start()
    let compute = try model.compute()
    let side = try model.side()
    let images = try NoiseImages.images(count: max(batch, 100), side: side, classes: 100, on: compute.device)
    var optimizer = OptimizerSettings.sgd(weightDecay: 2e-4)
    optimizer.implementation = model.optimizer.implementation
    let indices = try Tensor.range(0, batch, on: compute.device)
    let step = try FixedBatchStep(
      ModelDescription(backbone: model.model).model(classes: 100, seed: 0),
      images: Normalization.cifar(images.images(at: indices)),
      labels: images.labels.entries(at: indices),
      compute: compute, optimizer: optimizer, learningRate: 0.1)
    let loss = try step.run().item()
    try options.show(
      StartupReport(loss: loss, processorSeconds: ProcessUsage.processorSeconds, threads: Engine.threadCount))
  }
}

/// What `longtail-bench startup` says.
struct StartupReport: Encodable, CustomStringConvertible {
  let loss: Double
  let processorSeconds: Double
  let threads: Int

  var description: String {
    "one step, loss \(loss.text(4)): \(processorSeconds.text(2)) s of processor time since the start, \(threads) threads"
  }
}
