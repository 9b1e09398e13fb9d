/// Random numbers for comparisons, drawn on the CPU and so equal on every device.
package struct AgreementNumbers {
  private let generator = Philox4x32(seed: 2011, purpose: .noise)
  private var draw: UInt32 = 0

  package init() {}

  /// Uniform numbers between two bounds, rounded to a type.
  package mutating func uniform(
    _ shape: [Int], _ bounds: ClosedRange<Double>, dtype: DType = .float32, on device: Device
  ) throws -> Tensor {
    let words = words(shape.reduce(1, *))
    let values = words.map {
      Float(bounds.lowerBound + (bounds.upperBound - bounds.lowerBound) * Double($0) * 0x1p-32)
    }
    return try Tensor(values, shape: shape).to(dtype).to(device)
  }

  /// Integers below a bound, int64.
  package mutating func integers(_ count: Int, below bound: Int, on device: Device) throws -> Tensor {
    try Tensor(words(count).map { Int((UInt64($0) * UInt64(bound)) >> 32) }, on: device)
  }

  /// Bytes, uint8.
  package mutating func bytes(_ shape: [Int], on device: Device) throws -> Tensor {
    try Tensor(words(shape.reduce(1, *)).map { UInt8($0 >> 24) }, shape: shape, on: device)
  }

  private mutating func words(_ count: Int) -> [UInt32] {
    draw += 1
    return (0..<count).map { generator.block(step: 0, sample: UInt32($0), draw: draw).x }
  }
}
