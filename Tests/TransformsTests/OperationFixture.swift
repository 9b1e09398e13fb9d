import Foundation
import Torch
import Transforms

/// Images and what Pillow and torchvision make of them; see `Fixtures/generators/make_augmentation.py`.
struct OperationFixture: Decodable {
  /// An operation of all images.
  struct Operation: Decodable, CustomStringConvertible {
    let operation: PolicyOperation.Name
    let magnitude: Double
    let interpolation: Interpolation
    let fill: Int
    let pixels: Data
    var description: String { "\(operation.rawValue) \(magnitude) \(interpolation) fill \(fill)" }
  }

  /// Something else that is done to all images.
  struct Other: Decodable, CustomStringConvertible {
    let name: String
    let height: Int
    let width: Int
    let pixels: Data
    let interpolation: Interpolation?
    let window: [Int]?
    let radius: Int?
    let sigma: Double?
    let shorterEdge: Int?
    let size: Int?
    var description: String {
      "\(name) \(height) x \(width) \(interpolation.map { "\($0)" } ?? "") \(window ?? []) \(radius ?? 0) \(sigma ?? 0)"
    }
  }

  let height: Int
  let width: Int
  let images: Data
  let operations: [Operation]
  let others: [Other]

  static let shared: OperationFixture? = {
    guard let url = Bundle.module.url(forResource: "augmentation", withExtension: "json") else { return nil }
    return try? JSONDecoder().decode(OperationFixture.self, from: Data(contentsOf: url))
  }()

  var count: Int { images.count / (height * width * 3) }

  func tensor() throws -> Tensor { try Tensor([UInt8](images), shape: [count, height, width, 3]) }
}

extension PolicyOperation {
  /// Operations by the names of the fixture.
  enum Name: String, Decodable {
    case shearX, shearY, translateX, translateY, rotate, brightness, contrast, solarize, posterize, equalize
    case autoContrast, invert, solarizeAdd, saturation, sharpness, hue

    var operation: PolicyOperation {
      switch self {
      case .shearX: .shearX
      case .shearY: .shearY
      case .translateX: .translateX
      case .translateY: .translateY
      case .rotate: .rotate
      case .brightness: .brightness
      case .contrast: .contrast
      case .solarize: .solarize
      case .posterize: .posterize
      case .equalize: .equalize
      case .autoContrast: .autoContrast
      case .invert: .invert
      case .solarizeAdd: .solarizeAdd
      case .saturation: .saturation
      case .sharpness: .sharpness
      case .hue: .hue
      }
    }
  }
}

/// How two lists of bytes differ.
struct ByteDifference: CustomStringConvertible {
  let greatest: Int
  let share: Double

  init(_ first: [UInt8], _ second: [UInt8]) {
    let distances = zip(first, second).map { abs(Int($0) - Int($1)) }
    greatest = first.count == second.count ? distances.max() ?? 0 : Int.max
    share = Double(distances.count { $0 > 0 }) / Double(max(1, distances.count))
  }

  var description: String { "greatest difference \(greatest), \(share) of the bytes differ" }
}
