import NeuralNetworks

/// A backbone that can be chosen by name.
public struct BackboneDescription: Sendable {
  /// The name, such as `resnet32`.
  public let name: String
  /// One line on what it is.
  public let summary: String
  /// The kind of network.
  public let family: Family
  /// The width and height of the images that it is made for, in pixels.
  public let inputSize: Int
  /// How the pixels of published weights are normalised.
  public let pixels: Pixels
  private let make: @Sendable (Initializer, BackboneOptions) throws -> any Backbone

  /// Kinds of networks.
  public enum Family: String, Sendable, Codable {
    /// Residual networks for 32-pixel images.
    case cifar
    /// Residual networks for large images.
    case residual
    /// Vision transformers.
    case transformer
  }

  /// Mean and standard deviation of red, green and blue in 0...1.
  public struct Pixels: Sendable, Codable, Equatable {
    /// The means.
    public let mean: [Double]
    /// The standard deviations.
    public let standardDeviation: [Double]

    /// The constants of CIFAR.
    public static let cifar = Pixels(mean: [0.4914, 0.4822, 0.4465], standardDeviation: [0.2023, 0.1994, 0.2010])
    /// The constants of ImageNet.
    public static let imageNet = Pixels(mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225])
    /// One half, for values within -1...1.
    public static let half = Pixels(mean: [0.5, 0.5, 0.5], standardDeviation: [0.5, 0.5, 0.5])
  }

  /// Describes a backbone that takes options.
  public init(
    name: String, summary: String, family: Family, inputSize: Int, pixels: Pixels,
    make: @escaping @Sendable (Initializer, BackboneOptions) throws -> any Backbone
  ) {
    self.name = name
    self.summary = summary
    self.family = family
    self.inputSize = inputSize
    self.pixels = pixels
    self.make = make
  }

  /// Describes a residual network, whose blocks may get other gates than its own.
  public init(
    name: String, summary: String, family: Family, inputSize: Int, pixels: Pixels, style: ResidualStyle = .plain,
    make: @escaping @Sendable (Initializer, ResidualStyle) throws -> any Backbone
  ) {
    self.init(name: name, summary: summary, family: family, inputSize: inputSize, pixels: pixels) {
      initializer, options in
      guard options.dropPath == 0, options.dropout == 0 else {
        throw ModelError.setting(
          name: "model.dropPath", value: "\(options.dropPath)", expected: "0 for \(name), which has no such layers")
      }
      return try make(initializer, options.gate.style(family: family) ?? style)
    }
  }

  /// Describes a backbone without random layers and gates.
  public init(
    name: String, summary: String, family: Family, inputSize: Int, pixels: Pixels,
    make: @escaping @Sendable (Initializer) throws -> any Backbone
  ) {
    self.init(name: name, summary: summary, family: family, inputSize: inputSize, pixels: pixels) {
      initializer, options in
      guard options == BackboneOptions() else {
        throw ModelError.setting(
          name: options.gate == .default ? "model.dropPath" : "model.gate",
          value: options.gate == .default ? "\(options.dropPath)" : options.gate.rawValue,
          expected: "\(options.gate == .default ? "0" : "default") for \(name), which has no such layers")
      }
      return try make(initializer)
    }
  }

  /// Builds it with its initial weights.
  /// - Throws: `ModelError.setting` for options that do not fit it.
  public func backbone(using initializer: Initializer, options: BackboneOptions = .init()) throws -> any Backbone {
    for (name, rate) in [("dropPath", options.dropPath), ("dropout", options.dropout)] where !(0..<1).contains(rate) {
      throw ModelError.setting(name: "model.\(name)", value: "\(rate)", expected: "at least 0 and below 1")
    }
    return try make(initializer, options)
  }

  /// Builds it with a new head.
  public func classifier(
    head: Head, classes: Int, seed: UInt64, options: BackboneOptions = .init()
  ) throws -> ImageClassifier {
    try classifier(head: head, classes: classes, using: Initializer(seed: seed), options: options)
  }

  /// Its keys and shapes with a head; the weights take no memory and cannot be used.
  public func outline(head: Head = .linear, classes: Int, options: BackboneOptions = .init()) throws -> ImageClassifier
  {
    try classifier(head: head, classes: classes, using: .shapesOnly(), options: options)
  }

  private func classifier(head: Head, classes: Int, using initializer: Initializer, options: BackboneOptions) throws
    -> ImageClassifier
  {
    try ImageClassifier(
      backbone(using: initializer, options: options), head: head, classes: classes, using: initializer)
  }
}

/// What can be chosen about a backbone beside its name.
public struct BackboneOptions: Sendable, Equatable {
  /// The probability that an image skips a part of the last block while training, rising from 0 at the first; for
  /// transformers.
  public var dropPath: Double
  /// The probability that an element is zero while training; for transformers.
  public var dropout: Double
  /// What stands at the end of each block; for residual networks.
  public var gate: ResidualGate

  /// Makes options.
  public init(dropPath: Double = 0, dropout: Double = 0, gate: ResidualGate = .default) {
    self.dropPath = dropPath
    self.dropout = dropout
    self.gate = gate
  }
}
