import ArgumentParser
import Longtail

extension TestViews: ExpressibleByArgument {
  /// Refuses squares in corners where they are the square in the middle: of images that are square themselves and are not resized to
  /// more than the input.
  func requireUse(of images: any ImageSource, as preprocessing: Preprocessing) throws {
    guard places.count > 1, preprocessing.shortSide == preprocessing.inputSize else { return }
    let areSquare = images.labels.indices.allSatisfy { index in
      // One that cannot be read shows no square at all.
      guard let size = try? images.imageSize(at: index) else { return true }
      return size.width == size.height
    }
    try UnusedOption.refuse(
      "--views \(rawValue)", given: true, if: areSquare,
      "all images are square, so that the squares in their corners are the whole image; use --views mirrored")
  }
}
