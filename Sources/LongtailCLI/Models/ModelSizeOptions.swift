import ArgumentParser
import Longtail

/// Input and output of a network whose size is asked for.
struct ModelSizeOptions: ParsableArguments {
  @Option(help: "The side of the images in pixels; what each network is made for without it.")
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

  /// What a network of the registry amounts to.
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

  /// A number in thousands, millions or thousand millions.
  static func short(_ number: Int) -> String {
    let value = Double(number)
    if number >= 1_000_000_000 { return (value / 1e9).text(2) + " G" }
    if number >= 1_000_000 { return (value / 1e6).text(2) + " M" }
    return (value / 1e3).text(2) + " k"
  }

  /// A number with a comma after each three digits.
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.enumerated().map { index, digit in
      index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
    }.joined()
  }
}
