import CLibTorch

extension Tensor {
  /// Accumulates the gradient of this scalar into every leaf that requires one.
  /// - Parameters:
  ///   - gradient: what the gradient of this tensor is taken to be; needed unless it is a scalar.
  ///   - retainGraph: keep the graph for a second backward pass.
  ///   - createGraph: record the pass itself, for gradients of gradients.
  public func backward(gradient: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false) throws {
    // The engine would sum a larger gradient over the axes that do not fit.
    if let gradient, gradient.shape != shape {
      throw TorchError.shape(function: "backward", expected: "\(shape) of the gradient", actual: "\(gradient.shape)")
    }
    let status = ct_backward(handle, gradient?.handle, retainGraph || createGraph, createGraph)
    if status < 0 { throw TorchError.operation(name: "backward", arguments: summary, reason: Engine.lastError) }
  }
}

/// Gradients of the sum of `outputs` with respect to `inputs`, without touching any accumulated gradient.
///
/// - Parameters:
///   - outputs: what is differentiated.
///   - inputs: what it is differentiated by.
///   - weights: one tensor of each output's shape to multiply with before summing; needed for outputs that are not scalars.
///   - retainGraph: keep the graph for a second pass.
///   - createGraph: record the computation, so that the results can be differentiated again.
///   - allowUnused: whether an input may be one that no output depends on.
/// - Returns: one tensor per input; nil for an input that no output depends on, if `allowUnused`.
public func gradients(
  of outputs: [Tensor], withRespectTo inputs: [Tensor], weights: [Tensor]? = nil, retainGraph: Bool = false,
  createGraph: Bool = false, allowUnused: Bool = false
) throws -> [Tensor?] {
  if let weights, weights.count != outputs.count {
    throw TorchError.shape(
      function: "gradients", expected: "\(outputs.count) weights, one an output", actual: "\(weights.count)")
  }
  for (output, weight) in zip(outputs, weights ?? []) where weight.shape != output.shape {
    throw TorchError.shape(
      function: "gradients", expected: "\(output.shape) of a weight, as its output has", actual: "\(weight.shape)")
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
