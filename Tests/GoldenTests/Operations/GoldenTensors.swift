import LongtailTestSupport
import NeuralNetworks
import Torch

extension GoldenInputs {
  /// A rectangular list of any depth, or one number, as a float64 tensor.
  func tensor(_ field: String) throws -> Tensor {
    let value = try value(field)
    var (shape, level): ([Int], GoldenValue) = ([], value)
    while let list = level.list {
      shape.append(list.count)
      guard let first = list.first else { break }
      level = first
    }
    var numbers: [Double] = []
    guard GoldenInputs.collect(value, shape[...], into: &numbers) else {
      throw GoldenInputError.type(field, expected: "a rectangular list of numbers", got: "another value")
    }
    return try Tensor(numbers, shape: shape)
  }

  /// The same as a leaf that requires a gradient.
  func leaf(_ field: String) throws -> Tensor { try tensor(field).requiringGradient() }

  /// A list of class indices as a tensor.
  func labelTensor(_ field: String) throws -> Tensor { try Tensor(labels(field).map(Int.init)) }

  private static func collect(_ value: GoldenValue, _ shape: ArraySlice<Int>, into numbers: inout [Double]) -> Bool {
    guard let count = shape.first else {
      guard let number = value.number else { return false }
      numbers.append(number)
      return true
    }
    guard let list = value.list, list.count == count else { return false }
    return list.allSatisfy { collect($0, shape.dropFirst(), into: &numbers) }
  }
}

extension GoldenOutput {
  /// The elements of a tensor, nested as its axes are; integers where it holds integers or truth values.
  init(_ tensor: Tensor) throws {
    if tensor.dtype.isFloatingPoint {
      self = GoldenOutput.nested(try tensor.doubles().map(GoldenOutput.number)[...], tensor.shape[...])
    } else {
      self = GoldenOutput.nested(try tensor.integers().map(GoldenOutput.integer)[...], tensor.shape[...])
    }
  }

  private static func nested(_ values: ArraySlice<GoldenOutput>, _ shape: ArraySlice<Int>) -> GoldenOutput {
    guard let count = shape.first else { return values.first ?? .null }
    let size = shape.dropFirst().reduce(1, *)
    return .list(
      (0..<count).map { index in
        let start = values.startIndex + index * size
        return nested(values[start..<start + size], shape.dropFirst())
      })
  }
}

/// Gradients of a sum with respect to named leaves, as outputs called `grad_` and the name.
func gradientOutputs(
  of value: Tensor, _ leaves: [String: Tensor], prefix: String = "grad_", suffix: String = ""
) throws -> [String: GoldenOutput] {
  let names = leaves.keys.sorted()
  let tensors = names.compactMap { leaves[$0] }
  let found = try gradients(of: [value.sum()], withRespectTo: tensors, retainGraph: true, allowUnused: true)
  var result: [String: GoldenOutput] = [:]
  for ((name, leaf), gradient) in zip(zip(names, tensors), found) {
    result[prefix + name + suffix] = try GoldenOutput(gradient ?? leaf.detached().zerosLike())
  }
  return result
}

extension Module {
  /// Makes all floating-point tensors below this module float64, and sets those that are given by path.
  func useDouble(_ values: [String: Tensor]) throws {
    try withoutGradients {
      for item in state where item.tensor.dtype.isFloatingPoint {
        try item.tensor.setData(item.tensor.detached().to(.float64))
      }
    }
    try load(values, strict: false)
  }
}
