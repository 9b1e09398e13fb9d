import NeuralNetworks
import Serialization
import Torch
import VisionModels

/// Weights that training starts from: a checkpoint of this program, a plain safetensors file, or a PyTorch state dictionary.
public struct WeightsFile {
  /// The file.
  public let path: String
  /// Its tensors under their keys.
  public let tensors: [StoredTensor]

  /// Reads a file by its suffix: `.safetensors`, else PyTorch's zip format.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - key: where in a PyTorch file the weights are, parts joined by dots; by default the usual keys are tried.
  /// - Throws: `SerializationError`, also for a pickle that asks for anything but tensors, naming what it asked for.
  public init(_ path: String, key: String? = nil) throws {
    self.path = path
    guard path.hasSuffix(".safetensors") else {
      let file = try PyTorchStateDictionary(path)
      tensors = try key.map { try file.tensors(at: $0.split(separator: ".").map(String.init)) } ?? file.weights()
      return
    }
    let file = try SafetensorsFile(path)
    let own = file.tensors.filter { $0.name.hasPrefix("model.") }
    tensors = own.isEmpty ? file.tensors : own.map { $0.renamed(String($0.name.dropFirst(6))) }
  }

  /// The number of classes of the file's head, if it has one for a backbone.
  public func classCount(for backbone: BackboneDescription) throws -> Int? {
    let model = try backbone.outline(classes: 1)
    let found = WeightMatch(tensors, with: model, source: path).tensor(model.headNames[0] + ".weight")
    guard let shape = found?.shape, shape.count == 2, shape[1] == model.backbone.featureCount, shape[0] > 0 else {
      return nil
    }
    return shape[0]
  }

  /// Matches the tensors with a network, which may be an outline.
  public func match(with model: any ImageModel) -> WeightMatch { WeightMatch(tensors, with: model, source: path) }

  /// Copies the weights into a model. The head may be missing or of another size: it then keeps its initial values.
  /// - Throws: `WeightMismatch` when anything else does not fit, naming the network of the registry that does; the model is then
  ///   unchanged.
  @discardableResult
  public func load(into model: any ImageModel) throws -> WeightReport {
    let match = match(with: model)
    try match.load(into: model)
    return match.report
  }
}
