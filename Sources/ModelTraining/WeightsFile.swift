import Checkpoints
import NeuralNetworks
import Torch

/// Weights that training starts from: a checkpoint of this program, a plain safetensors file, or a PyTorch state dictionary.
public struct WeightsFile {
  /// The file.
  public let path: String
  private let tensors: [StoredTensor]

  /// Reads a file by its suffix: `.safetensors`, else PyTorch's zip format.
  /// - Throws: `CheckpointError`, also for a pickle that asks for anything but tensors, naming what it asked for.
  public init(_ path: String) throws {
    self.path = path
    guard path.hasSuffix(".safetensors") else {
      tensors = try PyTorchStateDictionary(path).weights()
      return
    }
    let file = try SafetensorsFile(path)
    let own = file.tensors.filter { $0.name.hasPrefix("model.") }
    tensors = own.isEmpty ? file.tensors : own.map { $0.renamed(String($0.name.dropFirst(6))) }
  }

  /// Copies the weights into a model. The head may be missing or of another size: it then keeps its first values.
  /// - Throws: `WeightMismatch` when anything else does not fit; the model is then unchanged.
  @discardableResult
  public func load(into model: Module, headPrefix: String = "linear.") throws -> LoadReport {
    let shapes = Dictionary(uniqueKeysWithValues: model.state.map { ($0.name, $0.tensor.shape) })
    var values: [String: Tensor] = [:]
    for stored in tensors {
      if stored.name.hasPrefix(headPrefix), shapes[stored.name] != stored.shape { continue }
      values[stored.name] = try Tensor(stored)
    }
    for item in model.state where values[item.name] == nil && item.name.hasPrefix(headPrefix) {
      values[item.name] = try item.tensor.detached()
    }
    return try model.load(values, source: path)
  }
}
