private let fusedSGD = Operator("aten::_fused_sgd_", "tensor_lr")
private let fusedAdamW = Operator("aten::_fused_adamw_", "tensor_lr")
private let foreachAddList = Operator("aten::_foreach_add_", "List")
private let foreachMultiplyTensor = Operator("aten::_foreach_mul_", "Tensor")
private let foreachMultiplyScalar = Operator("aten::_foreach_mul_", "Scalar")
private let foreachNorm = Operator("aten::_foreach_norm", "Scalar")
private let foreachCopy = Operator("aten::_foreach_copy_")
private let foreachInterpolate = Operator("aten::_foreach_lerp_", "Scalar")
private let foreachZero = Operator("aten::_foreach_zero_")

/// Operations on whole lists of tensors in one call each.
public enum TensorLists {
  /// One step of SGD with momentum: `buffer = momentum * buffer + gradient + weightDecay * parameter`, then
  /// `parameter -= learningRate * buffer`. With Nesterov momentum the buffer in the second formula is replaced by
  /// `gradient + weightDecay * parameter + momentum * buffer`.
  /// - Parameters:
  ///   - parameters: the parameters, updated in place.
  ///   - gradients: one per parameter.
  ///   - momenta: the momentum buffers, one per parameter, updated in place.
  ///   - learningRate: float32 without axes, on the parameters' device.
  ///   - momentum: the momentum.
  ///   - weightDecay: the weight decay, added to gradients.
  ///   - isNesterov: whether Nesterov momentum is used.
  public static func stepSGD(
    _ parameters: [Tensor], gradients: [Tensor], momenta: [Tensor], learningRate: Tensor, momentum: Double,
    weightDecay: Double, isNesterov: Bool
  ) throws {
    // LibTorch requires an empty list of buffers without momentum.
    try fusedSGD.perform([
      .tensors(parameters), .tensors(gradients), .tensors(momentum == 0 ? [] : momenta), .double(weightDecay),
      .double(momentum),
      .tensor(learningRate), .double(0), .bool(isNesterov), .bool(false), .bool(false),
    ])
  }

  /// One step of AdamW with decoupled weight decay.
  /// - Parameters:
  ///   - parameters: the parameters, updated in place.
  ///   - gradients: one per parameter.
  ///   - firstMoments: running means of gradients, one per parameter, updated in place.
  ///   - secondMoments: running means of squared gradients, one per parameter, updated in place.
  ///   - steps: one float32 tensor without axes per parameter: the number of this step, from 1.
  ///   - learningRate: float32 without axes, on the parameters' device.
  ///   - betas: the decay rates of first and second moments.
  ///   - weightDecay: the weight decay, multiplied by the learning rate.
  ///   - epsilon: added to the square root of the second moment.
  public static func stepAdamW(
    _ parameters: [Tensor], gradients: [Tensor], firstMoments: [Tensor], secondMoments: [Tensor], steps: [Tensor],
    learningRate: Tensor, betas: (Double, Double), weightDecay: Double, epsilon: Double
  ) throws {
    try fusedAdamW.perform([
      .tensors(parameters), .tensors(gradients), .tensors(firstMoments), .tensors(secondMoments), .tensors([]),
      .tensors(steps), .tensor(learningRate), .double(betas.0), .double(betas.1), .double(weightDecay),
      .double(epsilon),
      .bool(false), .bool(false),
    ])
  }

  /// Adds `scale` times the tensors of another list.
  public static func add(_ tensors: [Tensor], _ others: [Tensor], scale: Double = 1) throws {
    try foreachAddList.perform([.tensors(tensors), .tensors(others), .double(scale)])
  }
  /// Multiplies all tensors by a factor on their device.
  public static func multiply(_ tensors: [Tensor], by factor: Tensor) throws {
    try foreachMultiplyTensor.perform([.tensors(tensors), .tensor(factor)])
  }
  /// Multiplies all tensors by one number.
  public static func multiply(_ tensors: [Tensor], by factor: Double) throws {
    try foreachMultiplyScalar.perform([.tensors(tensors), .double(factor)])
  }
  /// The Euclidean norm of all tensors taken as one vector, without axes, on their device.
  public static func norm(_ tensors: [Tensor]) throws -> Tensor {
    let parts = try foreachNorm.results([.tensors(tensors), .double(2)], capacity: max(1, tensors.count)).compactMap {
      $0
    }
    return try Tensor.stack(parts).euclideanNorm(alongAxes: [0])
  }
  /// The positions of tensors with an infinite or NaN element.
  ///
  /// It reads each floating-point tensor once and copies once from each device to the host; integers are always finite.
  public static func nonFinitePositions(_ tensors: [Tensor]) throws -> [Int] {
    let groups = Dictionary(
      grouping: tensors.indices.filter { tensors[$0].dtype.isFloatingPoint && tensors[$0].elementCount > 0 }
    ) {
      "\(tensors[$0].device) \(tensors[$0].dtype)"
    }
    var found: [Int] = []
    for (_, positions) in groups {
      // The largest magnitude, unlike a sum of squares, is infinite only where an element is.
      let largest = try foreachNorm.results(
        [.tensors(try positions.map { try tensors[$0].detached() }), .double(.infinity)], capacity: positions.count
      ).compactMap { $0 }
      let isFinite = try Tensor.stack(largest).to(.float32).isFinite().to(.float32).floats()
      found += zip(positions, isFinite).filter { $1 == 0 }.map(\.0)
    }
    return found.sorted()
  }
  /// Overwrites the tensors with those of another list.
  public static func copy(_ tensors: [Tensor], from others: [Tensor]) throws {
    try foreachCopy.perform([.tensors(tensors), .tensors(others)])
  }
  /// Moves each tensor towards its partner by a share of the distance.
  public static func interpolate(_ tensors: [Tensor], towards others: [Tensor], weight: Double) throws {
    try foreachInterpolate.perform([.tensors(tensors), .tensors(others), .double(weight)])
  }
  /// Sets all elements to zero.
  public static func setToZero(_ tensors: [Tensor]) throws { try foreachZero.perform([.tensors(tensors)]) }
}
