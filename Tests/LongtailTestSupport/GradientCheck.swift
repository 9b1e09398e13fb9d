import Testing
import Torch

/// Checks the gradients of a function of float64 tensors against central differences, and the second derivatives along
/// a random direction against differences of gradients.
///
/// The function's result is multiplied by fixed random numbers and summed, so that every element of it counts.
///
/// - Parameters:
///   - name: what is called in failures.
///   - inputs: values and shape of each input.
///   - isTwiceDifferentiable: whether second derivatives are checked too.
///   - function: made of recorded operations only.
public func expectGradients(
  _ name: String, of inputs: [(values: [Double], shape: [Int])], isTwiceDifferentiable: Bool = true,
  sourceLocation: SourceLocation = #_sourceLocation, _ function: @escaping ([Tensor]) throws -> Tensor
) throws {
  try CaseContext.with(name) {
    let check = GradientCheck(shapes: inputs.map(\.shape), function: function)
    let point = inputs.flatMap(\.values)
    // Rounding limits a central difference over 2e-5 to about 1e-10 of the function's size, its cubic term to 1e-10.
    let slopes = try point.indices.map { index in
      var (above, below) = (point, point)
      above[index] += 1e-5
      below[index] -= 1e-5
      return try (check.value(at: above) - check.value(at: below)) / 2e-5
    }
    expectClose(
      try check.gradient(at: point), slopes, relative: 1e-6, absolute: 1e-7, sourceLocation: sourceLocation)
    guard isTwiceDifferentiable else { return }
    var generator = SeededGenerator(seed: 17)
    let direction = generator.numbers(point.count, in: -1...1)
    let above = try check.gradient(at: zip(point, direction).map { $0 + 1e-5 * $1 })
    let below = try check.gradient(at: zip(point, direction).map { $0 - 1e-5 * $1 })
    expectClose(
      try check.curvature(at: point, along: direction), zip(above, below).map { ($0 - $1) / 2e-5 }, relative: 1e-5,
      absolute: 1e-6, sourceLocation: sourceLocation)
  }
}

/// A scalar function of a list of numbers, made from a function of tensors.
private struct GradientCheck {
  let shapes: [[Int]]
  let function: ([Tensor]) throws -> Tensor

  func value(at point: [Double]) throws -> Double { try scalar(leaves(point)).item() }

  func gradient(at point: [Double]) throws -> [Double] {
    let leaves = try leaves(point)
    return try flat(gradients(of: [scalar(leaves)], withRespectTo: leaves, allowUnused: true))
  }

  /// The second derivatives times a direction.
  func curvature(at point: [Double], along direction: [Double]) throws -> [Double] {
    let leaves = try leaves(point)
    let first = try gradients(of: [scalar(leaves)], withRespectTo: leaves, createGraph: true, allowUnused: true)
    var along = try Tensor(scalar: 0.0)
    for (gradient, weight) in zip(first, try tensors(direction)) {
      if let gradient { along = try along + (gradient * weight).sum() }
    }
    guard along.requiresGradient else { return point.map { _ in 0 } }
    return try flat(gradients(of: [along], withRespectTo: leaves, allowUnused: true))
  }

  private func scalar(_ inputs: [Tensor]) throws -> Tensor {
    let result = try function(inputs)
    var generator = SeededGenerator(seed: 23)
    let weights = try Tensor(generator.numbers(result.elementCount, in: 0.5...1.5), shape: result.shape)
    return try (result * weights).sum()
  }

  private func leaves(_ point: [Double]) throws -> [Tensor] { try tensors(point).map { try $0.requiringGradient() } }

  private func tensors(_ point: [Double]) throws -> [Tensor] {
    var start = 0
    return try shapes.map { shape in
      let count = shape.reduce(1, *)
      defer { start += count }
      return try Tensor(Array(point[start..<start + count]), shape: shape)
    }
  }

  private func flat(_ gradients: [Tensor?]) throws -> [Double] {
    try zip(gradients, shapes).flatMap { gradient, shape in
      try gradient?.doubles() ?? Array(repeating: 0, count: shape.reduce(1, *))
    }
  }
}
