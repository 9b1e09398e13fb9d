import NeuralNetworks
import Torch

/// A block that adds what its layers give to a shortcut past them.
protocol ShortcutBlock: Module {
  /// The normalisation that gives what is added to the shortcut.
  var lastNormalization: BatchNormalization2d { get }
}

extension Backbone {
  /// Sets the scale of the last normalisation of each residual block to 0, so that a block at first is its shortcut
  /// alone.
  ///
  /// - Source: Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour, 2017, section 5.1.
  /// - Throws: `ModelError.setting` for a network without such blocks.
  public func zeroInitializeResiduals() throws {
    let blocks = allModules.compactMap { $0.module as? any ShortcutBlock }
    guard !blocks.isEmpty else {
      throw ModelError.setting(
        name: "model.zeroInitializedResiduals", value: "true",
        expected: "false for this network, which has no residual blocks with a normalisation at their end")
    }
    try withoutGradients { for block in blocks { try block.lastNormalization.weight.detached().fill(0) } }
  }
}
