import ArgumentParser
import Longtail

/// The input size and the number of classes of a network.
struct ModelSizeOptions: ParsableArguments {
  @Option(help: "The input size in pixels. Default: that of each network.")
  var inputSize: Int?

  @Option(help: "Classes of the head.")
  var classes = 1000

  func validate() throws {
    if let inputSize, !(1...4096).contains(inputSize) {
      throw ValidationError("--input-size is \(inputSize), but must be within 1 ... 4096")
    }
    guard (1...10_000_000).contains(classes) else {
      throw ValidationError("--classes is \(classes), but must be within 1 ... 10000000")
    }
  }

  /// Parameters and operations of a network of the registry.
  func overview(of backbone: BackboneDescription) throws -> ModelOverview {
    let side = inputSize ?? backbone.inputSize
    let model = try backbone.outline(classes: classes)
    return ModelOverview(
      name: backbone.name, summary: backbone.summary, parameters: model.parameterCount,
      operations: try model.operationCounts(inputSize: side), inputSize: side, classes: classes)
  }
}

/// What a list shows of a network.
struct ModelOverview: Encodable {
  let name: String
  let summary: String
  /// Trained values, with the head.
  let parameters: Int
  /// Operations on one image.
  let operations: OperationCounts
  /// Their multiply-accumulates together.
  let multiplyAccumulates: Int
  /// The side of the square inputs, in pixels.
  let inputSize: Int
  let classes: Int

  init(name: String, summary: String, parameters: Int, operations: OperationCounts, inputSize: Int, classes: Int) {
    (self.name, self.summary, self.parameters) = (name, summary, parameters)
    (self.operations, self.multiplyAccumulates) = (operations, operations.total)
    (self.inputSize, self.classes) = (inputSize, classes)
  }
}
