import CLibTorch

extension Tensor {
  /// Accumulates the gradient of this scalar into every leaf that requires one.
  /// - Parameters:
  ///   - gradient: the gradient with respect to this tensor; needed unless it is a scalar.
  ///   - retainGraph: whether the graph is kept for a second backward pass.
  ///   - createGraph: whether the backward pass is recorded, for second derivatives.
  public func backward(gradient: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false) throws {
    // LibTorch would sum a gradient of another shape over the axes that do not fit.
    if let gradient, gradient.shape != shape {
      throw TorchError.shape(function: "backward", expected: "\(shape) of the gradient", actual: "\(gradient.shape)")
    }
    let status = ct_backward(handle, gradient?.handle, retainGraph || createGraph, createGraph)
    if status < 0 { throw TorchError.operation(name: "backward", arguments: summary, reason: Engine.lastError) }
  }
}

/// Gradients of the sum of `outputs` with respect to `inputs`, like `torch.autograd.grad`; accumulated gradients do not
/// change.
///
/// - Parameters:
///   - outputs: the tensors to differentiate.
///   - inputs: the tensors with respect to which they are differentiated.
///   - weights: one tensor in the shape of each output, by which it is multiplied before summing; needed for outputs
///     that are not scalars.
///   - retainGraph: whether the graph is kept for a second pass.
///   - createGraph: whether the computation is recorded, so that the results can be differentiated again.
///   - allowUnused: whether inputs that no output depends on are allowed.
/// - Returns: one tensor per input; nil for an input that no output depends on, if `allowUnused`.
public func gradients(
  of outputs: [Tensor], withRespectTo inputs: [Tensor], weights: [Tensor]? = nil, retainGraph: Bool = false,
  createGraph: Bool = false, allowUnused: Bool = false
) throws -> [Tensor?] {
  if let weights, weights.count != outputs.count {
    throw TorchError.shape(
      function: "gradients", expected: "\(outputs.count) weights, one per output", actual: "\(weights.count)")
  }
  for (output, weight) in zip(outputs, weights ?? []) where weight.shape != output.shape {
    throw TorchError.shape(
      function: "gradients", expected: "\(output.shape) of a weight, the shape of its output", actual: "\(weight.shape)"
    )
  }
  var results = [OpaquePointer?](repeating: nil, count: inputs.count)
  let status = withExtendedLifetime((outputs, inputs, weights)) {
    ct_gradients(
      outputs.map(\.handle), Int32(outputs.count), inputs.map(\.handle), Int32(inputs.count),
      weights.map { $0.map { Optional($0.handle) } }, retainGraph || createGraph, createGraph, allowUnused, &results)
  }
  if status < 0 {
    let arguments = outputs.map(\.summary).joined(separator: ", ")
    throw TorchError.operation(name: "gradients", arguments: arguments, reason: Engine.lastError)
  }
  return results.map { $0.map(Tensor.init(owning:)) }
}
