import DataLoading
import Datasets
import ImageCodecs
import LongtailTestSupport
import Testing
import Torch
import Transforms

/// Every operation against Pillow and torchvision.
@Suite struct PolicyOperationTests {
  private func fixture() throws -> OperationFixture {
    try #require(OperationFixture.shared, "the fixture is unreadable")
  }

  private func bytes(_ tensor: Tensor) throws -> [UInt8] { try tensor.contiguous().values(as: UInt8.self) }

  /// Exact, except where Pillow computes between pixels in float64 and drops fractions: one level there.
  @Test func operationsAgreeWithPillow() throws {
    let fixture = try fixture()
    let images = try fixture.tensor()
    #expect(Set(fixture.operations.map(\.operation.operation)).count == PolicyOperation.allCases.count - 1)
    for wanted in fixture.operations {
      let actual = try wanted.operation.operation(
        images, magnitude: wanted.magnitude, fill: wanted.fill, interpolation: wanted.interpolation)
      let difference = ByteDifference(try bytes(actual), [UInt8](wanted.pixels))
      #expect(difference.greatest <= (wanted.interpolation == .nearest ? 0 : 1), "\(wanted): \(difference)")
      #expect(difference.share <= 0.02, "\(wanted): \(difference)")
    }
  }

  /// Weights are float32 here and 22-bit integers in Pillow, so a sum close to half a level may be rounded the other way.
  @Test func resizingAgreesWithPillow() throws {
    let fixture = try fixture()
    let images = try fixture.tensor()
    for wanted in fixture.others where wanted.name == "resize" || wanted.name == "resizedCrop" {
      let resizing = BatchResizing(
        height: wanted.height, width: wanted.width, interpolation: try #require(wanted.interpolation))
      let actual: Tensor
      if let window = wanted.window {
        actual = try resizing(images, top: window[0], left: window[1], rows: window[2], columns: window[3])
      } else {
        actual = try resizing(images)
      }
      let difference = ByteDifference(try bytes(actual), [UInt8](wanted.pixels))
      #expect(difference.greatest <= (resizing.interpolation == .nearest ? 0 : 1), "\(wanted): \(difference)")
      #expect(difference.share <= 0.02, "\(wanted): \(difference)")
    }
  }

  /// torchvision sums all weights of a window at once and in another order.
  @Test func blurAgreesWithTorchvision() throws {
    let fixture = try fixture()
    let images = try fixture.tensor()
    let cases = fixture.others.filter { $0.name == "blur" }
    #expect(cases.count == 4)
    for wanted in cases {
      let sigmas = try Tensor.full([fixture.count], try #require(wanted.sigma), dtype: .float64)
      let actual = try GaussianBlur(radius: try #require(wanted.radius))(images, sigmas: sigmas)
      let difference = ByteDifference(try bytes(actual), [UInt8](wanted.pixels))
      #expect(difference.greatest <= 1, "\(wanted): \(difference)")
      #expect(difference.share <= 0.01, "\(wanted): \(difference)")
    }
  }

  @Test func evaluationViewsAgreeWithTorchvision() throws {
    let fixture = try fixture()
    let images = try fixture.tensor()
    let ten = try #require(fixture.others.first { $0.name == "tenCrops" })
    let (shorterEdge, size) = (try #require(ten.shorterEdge), try #require(ten.size))
    let folder = try TemporaryFolder()
    let (height, width) = (images.shape[1], images.shape[2])
    let all = try bytes(images)
    for number in 0..<fixture.count {
      let pixels = Array(all[number * height * width * 3..<(number + 1) * height * width * 3])
      let file = try ImageCodec.encodePNG(PixelImage(width: width, height: height, pixels: pixels))
      try folder.write(file, to: "\(number % 2)/\(100 + number).png")
    }
    let source = try ImageFolder(root: folder.path)
    let order = try (0..<fixture.count).map { number in
      try #require((0..<source.count).first { source.name(at: $0).hasSuffix("/\(100 + number).png") })
    }
    func squares(_ place: CropPosition, _ shorterEdge: Int, _ size: Int) throws -> Tensor {
      let prepared = try PreparedImages(source, side: size, shorterEdge: shorterEdge, place: place).images
      return try Tensor(prepared.pixels, shape: [fixture.count, size, size, 3]).entries(at: Tensor(order))
    }
    // torchvision cuts the mirror image, so that its left corners are the right ones mirrored.
    let plain: [CropPosition] = [.topLeft, .topRight, .bottomLeft, .bottomRight, .middle]
    let turned: [CropPosition] = [.topRight, .topLeft, .bottomRight, .bottomLeft, .middle]
    let crops =
      try plain.map { try squares($0, shorterEdge, size) }
      + turned.map { try squares($0, shorterEdge, size).flipped(axes: [2]) }
    // The last one is off by a column where an odd number is left over: here it is the mirrored middle, there the middle of the mirrored.
    func nine(_ all: Tensor) throws -> [UInt8] {
      try bytes(all.narrowed(axis: 1, start: 0, count: 9 * size).contiguous())
    }
    let wanted = try Tensor([UInt8](ten.pixels), shape: [fixture.count, 10 * size, size, 3])
    let joined = ByteDifference(try nine(Tensor.concatenation(crops, axis: 1)), try nine(wanted))
    #expect(joined.greatest <= 1, "\(joined)")
    let middle = try #require(fixture.others.first { $0.name == "middle" })
    let single = ByteDifference(
      try bytes(squares(.middle, try #require(middle.shorterEdge), try #require(middle.size))), [UInt8](middle.pixels))
    #expect(single.greatest <= 1, "\(single)")
  }

  @Test func greyAgreesWithPillow() throws {
    let fixture = try fixture()
    let wanted = try #require(fixture.others.first { $0.name == "grey" })
    let grey = Augmentation {
      $0.greyProbability = 1
    }
    let actual = try AugmentedPixels.of(fixture.tensor(), grey, seed: 1, step: 2)
    #expect(actual == [UInt8](wanted.pixels))
    #expect(try bytes(PolicyOperation.saturation(fixture.tensor(), magnitude: 0)) == actual)
  }

  /// Images with different operations in one batch get what each would get alone.
  @Test func mixedOperationsEqualSingleOnes() throws {
    let fixture = try fixture()
    let images = try fixture.tensor()
    try withRandomCases(20) { generator in
      let count = 12
      let operations = (0..<count).map { _ in PolicyOperation.allCases.randomElement(using: &generator) ?? .identity }
      let magnitudes = operations.map { operation -> Double in
        switch operation {
        case .rotate: Double.random(in: -40...40, using: &generator)
        case .translateX, .translateY: Double(Int.random(in: -9...9, using: &generator))
        case .shearX, .shearY, .hue: Double.random(in: -0.3...0.3, using: &generator)
        case .posterize: Double(Int.random(in: 1...8, using: &generator))
        case .solarize, .solarizeAdd: Double.random(in: 0...256, using: &generator)
        default: Double.random(in: 0.1...1.9, using: &generator)
        }
      }
      let sources = (0..<count).map { _ in Int.random(in: 0..<fixture.count, using: &generator) }
      let batch = try images.entries(at: Tensor(sources))
      let mixed = try PolicyOperations(
        kinds: Tensor(operations.map(\.rawValue)), magnitudes: Tensor(magnitudes), fill: [77, 77, 77])(batch)
      for index in 0..<count {
        let alone = try operations[index](
          images.narrowed(axis: 0, start: sources[index], count: 1), magnitude: magnitudes[index], fill: 77)
        #expect(
          try bytes(mixed.narrowed(axis: 0, start: index, count: 1)) == bytes(alone),
          "\(operations[index]) \(magnitudes[index]) \(CaseContext.note)")
      }
      // The input is not written to.
      #expect(try images.isEqual(to: fixture.tensor()))
    }
  }

  @Test func tinyImagesAreNotRead() throws {
    for (height, width) in [(1, 1), (2, 5), (1, 7)] {
      let image = try Tensor.full([2, height, width, 3], 100, dtype: .uint8)
      for operation in PolicyOperation.allCases {
        let changed = try operation(image, magnitude: 1)
        #expect(changed.shape == image.shape, "\(operation)")
        #expect(changed.dtype == .uint8, "\(operation)")
      }
      #expect(try GaussianBlur(radius: 3)(image, sigmas: Tensor([1.0, 2.0])).isEqual(to: image))
    }
  }
}
