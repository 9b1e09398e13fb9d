import NeuralNetworks

/// A backbone that can be chosen by name.
public struct BackboneDescription: Sendable {
  /// The name, such as `resnet32`.
  public let name: String
  /// One line on what it is.
  public let summary: String
  /// The side of the square pictures it is made for, in pixels.
  public let inputSize: Int
  private let make: @Sendable (Initializer) throws -> any Backbone

  /// Describes a backbone.
  public init(
    name: String, summary: String, inputSize: Int, make: @escaping @Sendable (Initializer) throws -> any Backbone
  ) {
    self.name = name
    self.summary = summary
    self.inputSize = inputSize
    self.make = make
  }

  /// Builds it with first weights.
  public func backbone(using initializer: Initializer) throws -> any Backbone { try make(initializer) }

  /// Builds it with a new head.
  public func classifier(head: Head, classes: Int, seed: UInt64) throws -> ImageClassifier {
    let initializer = Initializer(seed: seed)
    return try ImageClassifier(try make(initializer), head: head, classes: classes, using: initializer)
  }
}

/// The backbones that can be chosen by name.
public enum BackboneRegistry {
  /// All of them.
  public static let all: [BackboneDescription] = [3, 5, 7, 9].map { blocks in
    BackboneDescription(
      name: "resnet\(6 * blocks + 2)", summary: "CIFAR ResNet-\(6 * blocks + 2), option-A shortcuts, 16-32-64 channels",
      inputSize: 32
    ) { try CIFARResNet(blocksPerStage: blocks, using: $0) }
  }

  /// The backbone of a name.
  /// - Throws: `UnknownBackbone` with all names.
  public static func backbone(named name: String) throws -> BackboneDescription {
    guard let found = all.first(where: { $0.name == name }) else { throw UnknownBackbone(name: name) }
    return found
  }
}

/// A backbone name that is not in the registry.
public struct UnknownBackbone: Error, CustomStringConvertible, Sendable {
  /// The name that came.
  public let name: String
  /// The name and what could be chosen.
  public var description: String {
    "unknown backbone '\(name)'; choose one of \(BackboneRegistry.all.map(\.name).joined(separator: ", "))"
  }
}
