import ArgumentParser
import Longtail

/// The `bench losses` command.
struct BenchLossesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "losses",
    abstract: "Print the first training losses from given weights on one given batch, bit for bit.",
    discussion: """
      The weights are a safetensors file with PyTorch's names; the batch is one with 'images' (float32, [batch, 3, side, \
      side]) and 'labels' (int64, [batch]).
      """)

  @OptionGroup var model: BenchModelOptions
  @OptionGroup var options: BenchOptions

  @Option(help: "The first weights.")
  var weights: String

  @Option(help: "The batch.")
  var batch: String

  @Option(help: "Steps.")
  var steps = 10

  @Option(help: "SGD's learning rate.")
  var learningRate = 0.1

  @Option(help: "SGD's momentum.")
  var momentum = 0.9

  @Option(help: "SGD's weight decay.")
  var weightDecay = 2e-4

  @Flag(help: "Nesterov's momentum.")
  var nesterov = false

  func validate() throws {
    guard steps >= 1 else { throw ValidationError("--steps is \(steps), but must be at least 1") }
    try UnusedOption.refuse(
      "--input-size", given: model.inputSize != nil, "the pictures of --batch have their own; leave it out")
    try UnusedOption.refuse(
      "--nesterov", given: nesterov, if: momentum == 0, "there is no momentum; give a --momentum above 0")
  }

  func run() throws {
    try options.start()
    // Bits can be compared only in a precision that is named, so the default is not the processor's.
    var compute = try model.compute()
    compute.precision = (model.precision ?? .float32).precision
    compute.kernels = .plain
    try compute.apply()
    let step = try FixedBatchStep(
      loadedModel(), images: tensor("images", .float32, rank: 4), labels: tensor("labels", .int64, rank: 1),
      compute: compute, optimizer: settings, learningRate: learningRate)
    let losses = try (0..<steps).map { LossReport.Entry(step: $0, loss: try step.run().floats()[0]) }
    try options.show(
      LossReport(
        precision: compute.precision.rawValue, layout: model.layout.rawValue, optimizer: model.optimizer.rawValue,
        threads: Engine.threadCount, losses: losses))
  }

  private var settings: OptimizerSettings {
    var settings = OptimizerSettings.sgd(momentum: momentum, weightDecay: weightDecay, isNesterov: nesterov)
    settings.implementation = model.optimizer.implementation
    return settings
  }

  private func loadedModel() throws -> any ImageModel {
    let file = try SafetensorsFile(weights)
    let name = try BackboneRegistry.backbone(named: model.model).outline(classes: 1).headNames[0] + ".weight"
    guard let head = file[name], let classes = head.shape.first else {
      throw BenchInputError(path: weights, tensor: name, expected: "[classes, features]", actual: "nothing")
    }
    let network = try ModelDescription(backbone: model.model).model(classes: classes, seed: 0)
    let values = try file.tensors.map { ($0.name, try Tensor($0)) }
    try network.load(Dictionary(uniqueKeysWithValues: values), source: weights)
    return network
  }

  private func tensor(_ name: String, _ dtype: DType, rank: Int) throws -> Tensor {
    guard let stored = try SafetensorsFile(batch)[name] else {
      throw BenchInputError(path: batch, tensor: name, expected: "\(dtype) with \(rank) axes", actual: "nothing")
    }
    let tensor = try Tensor(stored)
    guard tensor.dtype == dtype, tensor.rank == rank else {
      throw BenchInputError(path: batch, tensor: name, expected: "\(dtype) with \(rank) axes", actual: tensor.summary)
    }
    return tensor
  }
}

/// A file of a benchmark that lacks what it should hold.
struct BenchInputError: Error, CustomStringConvertible {
  let path: String
  let tensor: String
  let expected: String
  let actual: String
  var description: String { "\(path): tensor '\(tensor)': expected \(expected), but \(actual) came" }
}

/// What `bench losses` says.
struct LossReport: Encodable, CustomStringConvertible {
  /// The loss of a step before its update.
  struct Entry: Encodable {
    let step: Int
    let bits: String
    let value: Double

    init(step: Int, loss: Float) {
      self.step = step
      let digits = String(loss.bitPattern, radix: 16)
      bits = "0x" + String(repeating: "0", count: 8 - digits.count) + digits
      value = Double(loss)
    }
  }

  let precision: String
  let layout: String
  let optimizer: String
  let threads: Int
  let losses: [Entry]

  var description: String {
    losses.map { "step \($0.step)  \($0.bits)  \(Float($0.value))" }.joined(separator: "\n")
  }
}
