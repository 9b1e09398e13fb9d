import DataLoading
import Datasets
import ModelTraining
import Transforms

extension TestViews {
  /// Refuses crops of the corners where they equal the centre crop: of square images that are resized to the input size.
  ///
  /// - Throws: `UnusedOptionError`.
  public func requireUse(of images: any ImageSource, as preprocessing: Preprocessing) throws {
    guard cropPositions.count > 1, preprocessing.shorterEdge == preprocessing.inputSize else { return }
    let areSquare = images.labels.indices.allSatisfy { index in
      // One that cannot be read has no crops at all.
      guard let size = try? images.imageSize(at: index) else { return true }
      return size.width == size.height
    }
    guard areSquare else { return }
    throw UnusedOptionError(
      option: "--views \(rawValue)",
      reason: "all images are square, so the crops of their corners are the whole image; use --views mirrored")
  }
}
