import ArgumentParser
import Longtail

/// Applies a network to tensors: what checks of imported weights compare.
struct ModelsScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Apply a network with given weights to normalised pictures in a file.",
    discussion: """
      The pictures are 'images' (float32, [batch, 3, height, width]) in a safetensors file; the result has 'logits' (float32, \
      [batch, classes]). For comparisons with other programs; 'longtail predict' is for pictures.
      """)

  @Option(name: .customLong("as"), help: "The network, such as resnet50.")
  var model: String

  @Option(help: "The weights, as 'longtail models import' takes them.", completion: .file())
  var weights: String

  @Option(help: "The file with 'images'.", completion: .file())
  var images: String

  @Option(help: "The file for 'logits'; replaced if it exists.", completion: .file())
  var out: String

  @Option(help: "The arithmetic: float32 or bfloat16.")
  var precision = BenchPrecision.float32

  @Option(help: "The order of pictures in memory: contiguous or channelsLast.")
  var layout = BenchLayout.contiguous

  @Option(help: "Where to compute: auto, cpu or cuda:0.")
  var device = "cpu"

  @Option(help: "Threads inside one operation; the engine's own choice without it.")
  var threads: Int?

  func validate() throws {
    try OptionRange.check("--threads", threads, in: 1...Engine.greatestThreadCount)
  }

  func run() throws {
    try Engine.verify()
    if let threads { try Engine.setThreadCount(threads) }
    let place = try Device(named: device)
    let network = try loadedModel()
    try network.move(to: place, format: layout.memoryFormat)
    network.setTraining(false)
    let pictures = try loadedImages().to(place).contiguous(layout.memoryFormat)
    let logits = try withoutGradients {
      try withAutocast(precision.precision == .bfloat16 ? .bfloat16 : nil, on: place) { try network(pictures).logits }
    }
    let result = try logits.to(.float32).to(.cpu).contiguous()
    try SafetensorsWriter.write(to: out, tensors: [result.layout(named: "logits")]) { _, output in
      try result.withHostBytes { try output($0) }
    }
    Console.output("\(out): logits \(result.shape)")
  }

  private func loadedModel() throws -> any ImageModel {
    let backbone = try BackboneRegistry.backbone(named: model)
    let file = try WeightsFile(weights)
    guard let classes = try file.classCount(for: backbone) else {
      throw BenchInputError(path: weights, tensor: "head", expected: "[classes, features]", actual: "nothing")
    }
    let network = try backbone.classifier(head: .linear, classes: classes, seed: 0)
    try file.match(with: network).load(into: network, strict: false)
    return network
  }

  private func loadedImages() throws -> Tensor {
    guard let stored = try SafetensorsFile(images)["images"] else {
      throw BenchInputError(path: images, tensor: "images", expected: "[batch, 3, height, width]", actual: "nothing")
    }
    let tensor = try Tensor(stored)
    guard tensor.dtype == .float32, tensor.rank == 4, tensor.shape[1] == 3, tensor.elementCount > 0 else {
      throw BenchInputError(
        path: images, tensor: "images", expected: "float32 [batch, 3, height, width]", actual: tensor.summary)
    }
    return tensor
  }
}
