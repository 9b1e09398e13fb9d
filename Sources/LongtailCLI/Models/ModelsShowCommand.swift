import ArgumentParser
import Longtail
import Serialization

/// The `models show` command.
struct ModelsShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a network: its size, its input, and with --keys every tensor.")

  @Argument(help: ArgumentHelp("The network, such as resnet50.", valueName: "NAME"))
  var name: String

  @OptionGroup var size: ModelSizeOptions

  @Flag(help: "Also list keys and shapes of all tensors.")
  var keys = false

  @Flag(help: "Print JSON instead of text.")
  var json = false

  func run() throws {
    let backbone = try BackboneRegistry.backbone(named: name)
    let overview = try size.overview(of: backbone)
    let details = ModelDetails(
      backbone, overview, try backbone.outline(classes: size.classes), showsTensors: keys)
    if json {
      try Console.output(json: details)
    } else {
      Console.output(details.text)
    }
  }
}

/// A network with all figures.
struct ModelDetails: Encodable {
  /// Key and shape of a tensor.
  struct Entry: Encodable {
    let key: String
    let shape: [Int]
  }

  let model: ModelOverview
  /// The length of a feature vector.
  let features: Int
  /// Keys of the heads, without `.weight` and `.bias`.
  let heads: [String]
  /// Trained values of the heads.
  let headParameters: Int
  /// Mean and standard deviation of the inputs of published weights.
  let pixels: BackboneDescription.Pixels
  let tensorCount: Int
  let tensors: [Entry]?

  init(
    _ backbone: BackboneDescription, _ overview: ModelOverview, _ outline: ImageClassifier, showsTensors: Bool
  ) {
    model = overview
    features = outline.backbone.featureCount
    heads = outline.headNames
    headParameters = outline.heads.reduce(0) { $0 + $1.parameterCount }
    pixels = backbone.pixels
    tensorCount = outline.state.count
    tensors = showsTensors ? outline.state.map { Entry(key: $0.name, shape: $0.tensor.shape) } : nil
  }

  var text: String {
    let operations = model.operations
    let parts = [
      ("convolutions", operations.convolution), ("linear layers", operations.linear),
      ("attention", operations.attention),
    ].filter { $0.1 > 0 }.map { "\($0.0) \(CountText.short($0.1))" }.joined(separator: ", ")
    let numbers = { (values: [Double]) in values.map { "\($0)" }.joined(separator: ", ") }
    let head = """
      \(model.name)
        what        \(model.summary)
        input       \(model.inputSize) x \(model.inputSize) pixels
        pixels      mean \(numbers(pixels.mean)); standard deviation \(numbers(pixels.standardDeviation))
        parameters  \(CountText.grouped(model.parameters)), \(CountText.grouped(headParameters)) of them in the head \
      of \(model.classes) classes
        operations  \(CountText.grouped(model.multiplyAccumulates)) multiply-accumulates per image: \(parts)
        features    \(features)
        head keys   \(heads.joined(separator: ", "))
        tensors     \(tensorCount)
        train it    longtail train balanced-softmax/own --data DIR --set model.backbone=\(model.name) \
      --set model.inputSize=\(model.inputSize)
      """
    guard let tensors else { return head }
    var table = TextTable([.init("key"), .init("shape")])
    for entry in tensors {
      table.append([entry.key, entry.shape.isEmpty ? "number" : entry.shape.map(String.init).joined(separator: " x ")])
    }
    return head + "\n\n" + table.plainText.trimmingLineEnds
  }
}
