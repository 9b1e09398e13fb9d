import NeuralNetworks
import Serialization
import Torch
import VisionModels

/// Which tensors of a file belong to which tensors of a network.
///
/// Keys are compared without a common prefix (`module.`, `backbone.`, …): the one that matches most keys. Heads are found by the usual
/// names, torchvision's transformers by their own keys.
public struct WeightMatch {
  /// What became of each key.
  public let report: WeightReport
  private let source: String
  private let tensors: [String: StoredTensor]
  /// The file's tensors, under its own keys.
  private let fileTensors: [StoredTensor]
  /// Whether the network is divided into experts, which may be narrower than the network that they are made of.
  private let isDivided: Bool

  static let counterSuffix = "num_batches_tracked"

  /// Matches tensors with a network, which may be an outline.
  public init(_ tensors: [StoredTensor], with model: any ImageModel, source: String) {
    self.source = source
    fileTensors = tensors
    isDivided = model.backbone is ExpertBackbone
    let expected = model.state.map { ($0.name, $0.tensor.shape) }
    let published = expected.map { model.publishedKey($0.0) }
    let keys = WeightKeys(
      Set(expected.map(\.0) + published), heads: model.headNames.map(model.publishedKey))
    let prefix = keys.prefix(of: tensors.map(\.name))
    var report = WeightReport(prefix: prefix)
    var stored: [String: StoredTensor] = [:]
    for (tensor, key) in zip(tensors, keys.keys(of: tensors.map(\.name), prefix: prefix)) {
      if let key {
        stored[key] = tensor
      } else if !model.additionNames.contains(where: { tensor.name.hasPrefix($0 + ".") }) {
        // Parts that this kind of network could have, such as router, may be left out.
        report.extra.append(tensor.name)
      }
    }
    var found: [String: StoredTensor] = [:]
    for ((key, shape), published) in zip(expected, published) {
      // A tensor of the file may be loaded into each expert.
      found[key] = stored[key] ?? stored[published]
      guard let tensor = found[key] else {
        if model.isHead(key) { report.newHead.append(key) }
        if !model.isAddition(key), !key.hasSuffix(Self.counterSuffix) { report.missing.append(key) }
        continue
      }
      let difference = WeightReport.Difference(key: key, expected: shape, came: tensor.shape)
      if tensor.shape == shape {
        report.matched.append(key)
      } else if model.isHead(key) {
        report.newHead.append(key)
      } else if Self.canResize(difference, for: model) {
        report.resized.append(difference)
      } else {
        report.misshapen.append(difference)
      }
    }
    // A head whose weight or bias does not fit is not loaded at all. Factors that a plain head lacks are initialised to 1.
    for name in model.headNames
    where report.newHead.contains(where: { [name + ".weight", name + ".bias"].contains($0) }) {
      let halves = report.matched.filter { $0.hasPrefix(name + ".") }
      report.matched.removeAll { halves.contains($0) }
      report.newHead += halves
    }
    self.report = report
    self.tensors = found
  }

  /// The file's tensor for a key of the network, whatever its shape.
  public func tensor(_ key: String) -> StoredTensor? { tensors[key] }

  /// Writes what fits under the network's keys, as float32 where it is floating-point.
  ///
  /// - Parameters:
  ///   - path: the file; an existing one is replaced.
  ///   - backbone: the network that was matched.
  ///   - classes: the classes of its head.
  /// - Throws: `WeightMismatch` when the backbone is not complete.
  public func write(to path: String, as backbone: BackboneDescription, classes: Int) throws {
    let model = try backbone.classifier(head: .linear, classes: classes, seed: 0)
    try load(into: model, strict: false)
    let kept = model.state.filter { item in
      !report.newHead.contains(item.name) && tensors[item.name] != nil
    }
    try SafetensorsWriter.write(
      to: path, metadata: ["backbone": backbone.name], tensors: kept.map { $0.tensor.layout(named: $0.name) }
    ) { index, output in
      try kept[index].tensor.detached().withHostBytes { try output($0) }
    }
  }

  /// Refuses values that are not finite among those that would be loaded.
  ///
  /// - Throws: `SerializationError.notFinite` with the file's name of the first such tensor.
  public func checkFinite() throws {
    let taken = (report.matched + report.resized.map(\.key)).compactMap { tensors[$0] }
    // In parts, so that not all of the file is copied at a time.
    for start in stride(from: 0, to: taken.count, by: 64) {
      let part = taken[start..<min(start + 64, taken.count)]
      guard let bad = try TensorLists.nonFinitePositions(part.map { try Tensor($0) }).first else { continue }
      throw SerializationError.notFinite(path: source, tensor: part[start + bad].name)
    }
  }

  /// Copies the weights into the network; a head that the file lacks or has for other classes keeps its initial values.
  ///
  /// - Parameters:
  ///   - model: the network.
  ///   - strict: refuse, before anything is changed, a file that has more than the network.
  /// - Throws: `WeightMismatch` when the backbone is not complete, or with anything else in the file if `strict`;
  ///   `SerializationError.notFinite`. The network is then unchanged.
  public func load(into model: any ImageModel, strict: Bool = true) throws {
    guard report.hasBackbone, !strict || report.extra.isEmpty else { throw mismatch }
    try checkFinite()
    let targets = Dictionary(uniqueKeysWithValues: model.state.map { ($0.name, $0.tensor) })
    try withoutGradients {
      for key in report.matched {
        if let tensor = tensors[key] { try targets[key]?.copy(from: Tensor(tensor)) }
      }
      for difference in report.resized {
        guard let tensor = tensors[difference.key], let plan = Self.plan(of: model) else { continue }
        let resized = try PositionEmbedding.resized(
          Tensor(tensor).to(.float32), summaryTokens: plan.summaryTokenCount, rows: plan.gridSide,
          columns: plan.gridSide)
        if let resized { try targets[difference.key]?.copy(from: resized) }
      }
    }
  }

  /// Why the file does not fit.
  public var mismatch: WeightMismatch {
    var load = LoadReport()
    load.matched = report.matched
    load.missing = report.missing
    load.unexpected = report.extra
    load.misshapen = report.misshapen.map { "\($0.key): expected \($0.expected), came \($0.came)" }
    return WeightMismatch(report: load, source: source, remedy: remedy)
  }

  /// The network of the registry that tensors belong to: one whose backbone is complete in them and which leaves nothing over; of several,
  /// the first. Nil when there is none.
  static func fittingBackbone(of tensors: [StoredTensor], source: String) throws -> BackboneDescription? {
    try BackboneRegistry.all.first { backbone in
      let outline = try backbone.outline(classes: 2)
      // A file with far more tensors leaves some over; they need not be compared with every network.
      guard tensors.count <= 2 * outline.state.count + 64 else { return false }
      let report = WeightMatch(tensors, with: outline, source: source).report
      return report.hasBackbone && report.extra.isEmpty && report.resized.isEmpty
    }
  }

  /// What makes the weights fit, if they belong to a network of the registry.
  private var remedy: String? {
    guard let fitting = try? Self.fittingBackbone(of: fileTensors, source: source) else { return nil }
    return
      "they are the weights of \(fitting.name): set model.backbone=\(fitting.name) (of models import: --as \(fitting.name))"
      + (isDivided ? " and experts.widthFactors=[1], because narrower experts do not fit them" : "")
  }

  private static func plan(of model: any ImageModel) -> VisionTransformerPlan? {
    (model.backbone as? VisionTransformer)?.plan ?? (model.backbone as? ExpertBackbone)?.transformerPlan
  }

  /// A position embedding of another square grid can be interpolated.
  private static func canResize(_ difference: WeightReport.Difference, for model: any ImageModel) -> Bool {
    guard let plan = plan(of: model), difference.key == "pos_embed", difference.came.count == 3,
      difference.came[0] == 1, difference.came[2] == difference.expected[2]
    else { return false }
    let patches = difference.came[1] - plan.summaryTokenCount
    guard patches > 0 else { return false }
    let side = Int(Double(patches).squareRoot().rounded())
    return side * side == patches
  }
}
