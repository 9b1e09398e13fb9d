import Torch

/// A part of a network: named parameters and buffers of its own, and named parts below it.
///
/// Names are those of the PyTorch model the part corresponds to, so that weights pass between both: a subclass lists
/// its own tensors in `parameters` and `buffers` and its parts in `children`; the path to a tensor joins them with dots
/// (`layer1.0.conv1.weight`). A module is used by one thread at a time.
open class Module {
  /// Whether the module behaves as in training: batch statistics, dropout.
  public private(set) var isTraining = true

  /// Makes an empty module.
  public init() {}

  /// Tensors that an optimiser may change, without those of the children.
  open var parameters: [NamedTensor] { [] }
  /// Tensors that are saved but not trained, without those of the children.
  open var buffers: [NamedTensor] { [] }
  /// The parts, in the order in which their tensors are listed and saved. A part without a name adds nothing to paths.
  open var children: [NamedModule] { [] }

  /// Switches this module and everything below it between training and evaluation.
  open func setTraining(_ training: Bool) {
    isTraining = training
    for child in children { child.module.setTraining(training) }
  }

  /// All parameters with their paths.
  public final var allParameters: [NamedTensor] { collect("") { $0.parameters } }
  /// All buffers with their paths.
  public final var allBuffers: [NamedTensor] { collect("") { $0.buffers } }
  /// All parameters and buffers with their paths, in the order of a PyTorch state dictionary.
  public final var state: [NamedTensor] { collect("") { $0.parameters + $0.buffers } }

  /// All modules with their paths, this one first under the empty path.
  public final var allModules: [NamedModule] {
    var result = [NamedModule("", self)]
    for child in children {
      for part in child.module.allModules {
        let names = [child.name, part.name].filter { !$0.isEmpty }
        result.append(NamedModule(names.joined(separator: "."), part.module))
      }
    }
    return result
  }

  /// The number of trainable values.
  public final var parameterCount: Int { allParameters.reduce(0) { $0 + $1.tensor.elementCount } }

  /// Moves all tensors to a device; weights of convolutions take the given memory format. Every holder of a tensor sees
  /// the move.
  public final func move(to device: Device, format: MemoryFormat = .contiguous) throws {
    try withoutGradients {
      for item in state {
        let moved = try item.tensor.detached().to(device)
        try item.tensor.setData(moved.rank == 4 ? moved.contiguous(format) : moved)
      }
    }
  }

  private func collect(_ prefix: String, _ own: (Module) -> [NamedTensor]) -> [NamedTensor] {
    var result = own(self).map { NamedTensor(prefix + $0.name, $0.tensor) }
    for child in children {
      result += child.module.collect(prefix + (child.name.isEmpty ? "" : child.name + "."), own)
    }
    return result
  }
}

/// A tensor and its name or path.
public struct NamedTensor {
  /// The name, or the path with dots.
  public let name: String
  /// The tensor itself, not a copy.
  public let tensor: Tensor

  /// Pairs a name with a tensor.
  public init(_ name: String, _ tensor: Tensor) {
    self.name = name
    self.tensor = tensor
  }
}

/// A module and its name or path.
public struct NamedModule {
  /// The name, or the path with dots.
  public let name: String
  /// The module.
  public let module: Module

  /// Pairs a name with a module.
  public init(_ name: String, _ module: Module) {
    self.name = name
    self.module = module
  }
}

/// A module from one tensor to one tensor.
public protocol Layer: Module {
  /// Applies the layer.
  func callAsFunction(_ input: Tensor) throws -> Tensor
}
