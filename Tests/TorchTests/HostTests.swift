import LongtailTestSupport
import Testing
import Torch

/// Creation, and conversion between Swift arrays and tensors.
@Suite struct HostTests {
  @Test func everySwiftTypeRoundTrips() throws {
    func check<Element: TensorElement & Equatable>(_ values: [Element]) throws {
      let tensor = try Tensor(values, shape: [2, values.count / 2])
      #expect(tensor.dtype == Element.dtype)
      #expect(tensor.shape == [2, values.count / 2])
      #expect(try tensor.values(as: Element.self) == values)
      #expect(tensor.device == .cpu)
      #expect(tensor.isContiguous())
      #expect(tensor.isLeaf)
      #expect(!tensor.requiresGradient)
    }
    try check([UInt8.min, 1, 128, UInt8.max])
    try check([Int32.min, -1, 0, Int32.max])
    try check([Int64.min, -1, 0, Int64.max])
    try check([Int.min, -1, 0, Int.max])
    try check([-Float.greatestFiniteMagnitude, Float.leastNonzeroMagnitude, -0.0, Float.infinity])
    try check([-Double.greatestFiniteMagnitude, Double.leastNonzeroMagnitude, 0.1, -Double.infinity])
    try check([true, false, false, true])
  }

  /// Raw bytes of every element type pass unchanged.
  @Test(arguments: DType.allCases)
  func bytesRoundTrip(dtype: DType) throws {
    var generator = SeededGenerator(seed: 4)
    // Truth values are bytes of 0 or 1.
    let bytes = generator.integers(6 * dtype.byteCount, in: dtype == .bool ? 0...1 : 0...255).map(UInt8.init)
    let tensor = try bytes.withUnsafeBytes { try Tensor(copying: $0, dtype: dtype, shape: [3, 2]) }
    #expect(tensor.dtype == dtype)
    #expect(tensor.shape == [3, 2])
    #expect(tensor.elementCount == 6)
    #expect(try tensor.withHostBytes { Array($0) } == bytes)
    #expect(try tensor.clone().isEqual(to: tensor) || dtype.isFloatingPoint)
  }

  @Test(arguments: DType.allCases)
  func creationHasTheType(dtype: DType) throws {
    #expect(try Tensor.zeros([2, 3], dtype: dtype).doubles() == [0, 0, 0, 0, 0, 0])
    #expect(try Tensor.ones([2], dtype: dtype).doubles() == [1, 1])
    #expect(try Tensor.empty([4, 0], dtype: dtype).doubles() == [])
    #expect(try Tensor.full([1, 2], 1, dtype: dtype).onesLike().dtype == dtype)
    let value = try Tensor.full([3], dtype == .bool ? 1 : 7, dtype: dtype)
    #expect(value.dtype == dtype)
    #expect(value.summary == "\(dtype)[3]")
    #expect(try value.doubles() == Array(repeating: dtype == .bool ? 1 : 7, count: 3))
    if dtype != .bool { #expect(try Tensor.range(2, 6, dtype: dtype).doubles() == [2, 3, 4, 5]) }
  }

  /// Small integers are exact in every type.
  @Test(arguments: DType.allCases, DType.allCases)
  func conversionsKeepSmallIntegers(from: DType, to: DType) throws {
    let values: [Double] = from == .bool || to == .bool ? [0, 1, 1, 0] : [0, 1, 100, 64]
    let tensor = try Tensor(values).to(from).to(to)
    #expect(tensor.dtype == to)
    #expect(try tensor.doubles() == values)
    #expect(try tensor.integers() == values.map { Int($0) })
    #expect(try tensor.floats() == values.map { Float($0) })
  }

  @Test func shorterFormatsRound() throws {
    // bfloat16 keeps 8 bits, half precision 11, single precision 24.
    let values = [1 + 0x1p-7, 1 + 0x1p-9, 1 + 0x1p-10, 1 + 0x1p-12, 70_000]
    let bfloat = try Tensor(values).to(.bfloat16).doubles()
    #expect(bfloat.prefix(4).map { $0 } == [1 + 0x1p-7, 1, 1, 1])
    #expect(bfloat[4] == 70_144)
    #expect(try Tensor(values).to(.float16).doubles() == [1 + 0x1p-7, 1 + 0x1p-9, 1 + 0x1p-10, 1, .infinity])
    #expect(try Tensor([16_777_217.0]).to(.float32).doubles() == [16_777_216])
  }

  /// Elements are read in row-major order, whatever the memory format.
  @Test func orderDoesNotDependOnTheMemoryFormat() throws {
    let tensor = try Tensor.range(0, 24, dtype: .float32).reshaped([2, 3, 2, 2])
    let expected = (0..<24).map(Float.init)
    let last = try tensor.contiguous(.channelsLast)
    #expect(last.isContiguous(.channelsLast))
    #expect(!last.isContiguous())
    #expect(last.strides == [12, 1, 6, 3])
    #expect(try last.values(as: Float.self) == expected)
    #expect(try last.isEqual(to: tensor))
    #expect(try tensor.clone(.channelsLast).strides == [12, 1, 6, 3])
    let turned = try Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]).transposed()
    #expect(turned.shape == [3, 2])
    #expect(turned.strides == [1, 3])
    #expect(try turned.values(as: Int.self) == [1, 4, 2, 5, 3, 6])
    #expect(try Tensor([1, 2], shape: [2, 1]).expanded([2, 3]).values(as: Int.self) == [1, 1, 1, 2, 2, 2])
    #expect(try Tensor([1, 2, 3, 4]).sliced(axis: 0, from: 1, step: 2).values(as: Int.self) == [2, 4])
  }

  @Test func scalarsAndEmptyTensors() throws {
    let scalar = try Tensor(scalar: 2.5)
    #expect(scalar.shape == [])
    #expect(scalar.rank == 0)
    #expect(scalar.elementCount == 1)
    #expect(try scalar.item() == 2.5)
    let empty = try Tensor([Float]())
    #expect(empty.shape == [0])
    #expect(try empty.values(as: Float.self) == [])
    #expect(try empty.sum().item() == 0)
    #expect(try Tensor([Int](), shape: [0, 3]).shape == [0, 3])
    #expect(throws: TorchError.shape(function: "item", expected: "one element", actual: "[0]")) { try empty.item() }
  }

  @Test func bytesCanBeWrittenInPlace() throws {
    let tensor = try Tensor([Float](repeating: 0, count: 3))
    try tensor.withMutableHostBytes { $0.storeBytes(of: 2.5, toByteOffset: 4, as: Float.self) }
    #expect(try tensor.values(as: Float.self) == [0, 2.5, 0])
    let turned = try Tensor([1, 2, 3, 4], shape: [2, 2]).transposed()
    #expect(throws: TorchError.self) { try turned.withMutableHostBytes { _ in } }
  }

  @Test func equalityLooksAtShapeAndType() throws {
    let tensor = try Tensor([1, 2, 3, 4])
    #expect(try tensor.isEqual(to: Tensor([1, 2, 3, 4])))
    #expect(try !tensor.isEqual(to: Tensor([1, 2, 3, 5])))
    #expect(try !tensor.isEqual(to: Tensor([1, 2, 3, 4], shape: [2, 2])))
    #expect(try !tensor.isEqual(to: Tensor([1.0, 2, 3, 4])))
  }

  @Test func descriptionsAreShort() throws {
    #expect("\(try Tensor([1, 2]))" == "int64[2] [1.0, 2.0]")
    #expect("\(try Tensor.zeros([100]))" == "float32[100]")
  }
}
