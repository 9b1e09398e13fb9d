import Torch

/// A place of a network where an activation stands, so that another one can be put there. It adds nothing to keys: the tensors of the
/// activation are listed as its own.
public final class Activation: Module, Layer {
  /// What is applied.
  public private(set) var function: any Layer

  /// Makes a place.
  public init(_ function: any Layer) { self.function = function }

  /// The activation's parameters.
  public override var parameters: [NamedTensor] { function.parameters }
  /// The activation's buffers.
  public override var buffers: [NamedTensor] { function.buffers }
  /// The activation's parts.
  public override var children: [NamedModule] { function.children }

  /// Switches the activation as well.
  public override func setTraining(_ training: Bool) {
    super.setTraining(training)
    function.setTraining(training)
  }

  /// Puts another activation here.
  public func replace(by other: any Layer) {
    other.setTraining(isTraining)
    function = other
  }

  /// Applies the activation.
  public func callAsFunction(_ input: Tensor) throws -> Tensor { try function(input) }
}
