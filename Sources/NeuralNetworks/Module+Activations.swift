import Torch

extension Module {
  /// The activations below this module, with their paths.
  public final var activations: [(path: String, place: Activation)] {
    allModules.compactMap { part in (part.module as? Activation).map { (part.name, $0) } }
  }

  /// Replaces ReLU, SiLU and GELU by new activations everywhere below this module, and returns the module itself.
  ///
  /// Activations inside gates stay: they do not shape the features. Do this before optimisers are made.
  /// - Parameter make: makes the activation for the place at a path.
  /// - Throws: `MissingActivations` when there is nothing to replace, and what `make` throws.
  @discardableResult
  public final func replacingActivations(with make: (_ path: String) throws -> any Layer) throws -> Self {
    let places = activations.filter {
      $0.place.function is ReLU || $0.place.function is SiLU || $0.place.function is GELU
    }
    guard !places.isEmpty else { throw MissingActivations(module: "\(type(of: self))") }
    let device = allParameters.first?.tensor.device ?? .cpu
    for (path, place) in places {
      let made = try make(path)
      if device != .cpu { try made.move(to: device) }
      place.replace(by: made)
    }
    return self
  }
}

/// A network without an activation that could be replaced.
public struct MissingActivations: Error, CustomStringConvertible, Sendable {
  /// The kind of the network.
  public let module: String

  /// What was looked for and what to do.
  public var description: String {
    "\(module) has no ReLU, SiLU or GELU that could be replaced; choose another backbone, or leave its activations as they are"
  }
}
