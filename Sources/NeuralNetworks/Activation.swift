import Torch

/// A place of a network where an activation stands, so that another one can be put there. It adds nothing to keys.
public final class Activation: Module, Layer {
  /// What is applied.
  public private(set) var function: any Layer

  /// Makes a slot for an activation.
  public init(_ function: any Layer) { self.function = function }

  /// The activation, without a name of its own.
  public override var children: [NamedModule] { [NamedModule("", function)] }

  /// Replaces the activation.
  public func replace(by other: any Layer) {
    other.setTraining(isTraining)
    function = other
  }

  /// Applies the activation.
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try function(input) }
}
