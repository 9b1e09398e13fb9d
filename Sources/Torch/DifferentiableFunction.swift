import CLibTorch

/// A function with its own backward pass, like `torch.autograd.Function`.
///
/// Use it if the graph that autograd records would need too much memory or launch too many operations.
public struct DifferentiableFunction: Sendable {
  /// The backward pass: gradients of the inputs (nil for none) from the gradients of the outputs (nil if undefined) and
  /// the saved tensors, by default inputs, then outputs. It may run on another thread than the forward pass.
  public typealias Backward = @Sendable (_ outputGradients: [Tensor?], _ saved: [Tensor]) throws -> [Tensor?]

  /// The results of a forward pass.
  public struct Results {
    /// The outputs, which must be new tensors.
    public let outputs: [Tensor]
    /// Tensors saved for `backward`: inputs or intermediate results.
    public let saved: [Tensor]
    /// Whether the outputs are saved too, after `saved`; if not, they may be changed in place.
    public let savesOutputs: Bool

    /// Makes results.
    public init(_ outputs: [Tensor], saving saved: [Tensor], savesOutputs: Bool) {
      self.outputs = outputs
      self.saved = saved
      self.savesOutputs = savesOutputs
    }
  }

  /// The name in error messages.
  public let name: String
  /// Whether `backward` consists of differentiable operations on its arguments. If not, computing a second derivative
  /// throws an error.
  public let isTwiceDifferentiable: Bool
  private let forward: @Sendable ([Tensor]) throws -> Results
  private let backward: Backward

  /// Makes a function that saves its inputs and, if `savesOutputs`, its outputs. `forward` runs without recording and
  /// must return new tensors.
  public init(
    _ name: String, isTwiceDifferentiable: Bool, savesOutputs: Bool = true,
    forward: @escaping @Sendable ([Tensor]) throws -> [Tensor], backward: @escaping Backward
  ) {
    self.init(
      name, isTwiceDifferentiable: isTwiceDifferentiable,
      keeping: { Results(try forward($0), saving: $0, savesOutputs: savesOutputs) }, backward: backward)
  }

  /// Makes a function whose forward pass returns the tensors to save.
  public init(
    _ name: String, isTwiceDifferentiable: Bool, keeping forward: @escaping @Sendable ([Tensor]) throws -> Results,
    backward: @escaping Backward
  ) {
    self.name = name
    self.isTwiceDifferentiable = isTwiceDifferentiable
    self.forward = forward
    self.backward = backward
  }

  /// Applies the function.
  public func callAsFunction(_ inputs: [Tensor]) throws -> [Tensor] {
    let results = try withoutGradients { try forward(inputs) }
    let outputs = results.outputs
    guard gradientsAreRecorded, inputs.contains(where: \.requiresGradient) else { return outputs }
    // An input that is also an output would become part of its own graph.
    guard !outputs.contains(where: { output in inputs.contains { $0.handle == output.handle } }) else {
      let arguments = inputs.map(\.summary).joined(separator: ", ")
      throw TorchError.operation(
        name: name, arguments: arguments, reason: "its forward must return new tensors, not its inputs")
    }
    let context = Unmanaged.passRetained(BackwardContext(backward, name: name)).toOpaque()
    let inputHandles = inputs.map { Optional($0.handle) }
    let status = withExtendedLifetime((inputs, results)) {
      ct_attach_backward(
        name, inputHandles, Int32(inputs.count), outputs.map { Optional($0.handle) }, Int32(outputs.count),
        results.saved.map { Optional($0.handle) }, Int32(results.saved.count), results.savesOutputs,
        isTwiceDifferentiable, runBackward, context, releaseContext)
    }
    if status < 0 {
      let arguments = inputs.map(\.summary).joined(separator: ", ")
      throw TorchError.operation(name: name, arguments: arguments, reason: Engine.lastError)
    }
    return outputs
  }
}

private final class BackwardContext {
  let backward: DifferentiableFunction.Backward
  let name: String
  init(_ backward: @escaping DifferentiableFunction.Backward, name: String) {
    self.backward = backward
    self.name = name
  }
}

private func borrowed(_ handles: UnsafePointer<OpaquePointer?>?, _ count: Int32) -> [Tensor?] {
  guard let handles else { return [] }
  return (0..<Int(count)).map { index in handles[index].map { Tensor(owning: ct_tensor_retain($0)) } }
}

private func runBackward(
  _ context: UnsafeMutableRawPointer?, _ outputGradients: UnsafePointer<OpaquePointer?>?, _ outputCount: Int32,
  _ saved: UnsafePointer<OpaquePointer?>?, _ savedCount: Int32, _ inputGradients: UnsafeMutablePointer<OpaquePointer?>?,
  _ inputCount: Int32, _ message: UnsafeMutablePointer<CChar>?, _ capacity: Int32
) -> Int32 {
  guard let context, let inputGradients, let message else { return -1 }
  let box = Unmanaged<BackwardContext>.fromOpaque(context).takeUnretainedValue()
  do {
    let gradients = try box.backward(
      borrowed(outputGradients, outputCount), borrowed(saved, savedCount).compactMap { $0 })
    guard gradients.count == Int(inputCount) else {
      throw TorchError.shape(
        function: box.name + " backward", expected: "\(inputCount) gradients, one per input",
        actual: "\(gradients.count)")
    }
    for (index, gradient) in gradients.enumerated() {
      inputGradients[index] = gradient.map { ct_tensor_retain($0.handle) }
    }
    return 0
  } catch {
    var bytes = Array(String(describing: error).utf8.prefix(Int(capacity) - 1)).map { CChar(bitPattern: $0) }
    bytes.append(0)
    message.update(from: bytes, count: bytes.count)
    return -1
  }
}

private func releaseContext(_ context: UnsafeMutableRawPointer?) {
  guard let context else { return }
  Unmanaged<BackwardContext>.fromOpaque(context).release()
}
