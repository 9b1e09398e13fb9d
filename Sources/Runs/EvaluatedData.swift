import DataLoading
import Datasets
import ModelTraining
import Serialization
import Transforms

/// The split that an evaluation reads.
public enum EvaluationSplit: String, Sendable, CaseIterable {
  /// The test set.
  case test
  /// The training images.
  case train
}

/// The images that an evaluation uses, and what is not evaluated of the data.
public struct EvaluatedData {
  /// The images as the network sees them.
  public let images: EvaluationImages
  /// The data folder.
  public let path: String
  /// `test`, `train` or `all images`.
  public let split: String
  /// Whether they are pixels in memory rather than files.
  public let areResident: Bool
  /// Classes that the network does not know; their images are left out.
  public let unknownClasses: [UnknownClass]
  private let directoryNotes: [String]

  init(
    images: EvaluationImages, path: String, split: String, areResident: Bool, unknownClasses: [UnknownClass],
    notes: [String]
  ) {
    self.images = images
    self.path = path
    self.split = split
    self.areResident = areResident
    self.unknownClasses = unknownClasses
    directoryNotes = notes
  }

  /// What a reader of the results should know: remarks on the data, unknown classes, images that cannot be decoded.
  public var notes: [String] {
    var notes = directoryNotes
    if !unknownClasses.isEmpty {
      let count = unknownClasses.map(\.imageCount).reduce(0, +)
      let names = unknownClasses.prefix(10).map { unknown in
        "'\(unknown.name)' (\(unknown.imageCount) images"
          + (unknown.nearest.map { "; did you mean '\($0)'?" } ?? "") + ")"
      }
      let more = unknownClasses.count > 10 ? " and \(unknownClasses.count - 10) more" : ""
      notes.append(
        "\(path): \(unknownClasses.count) classes are not among the training classes, and their \(count) images are "
          + "not evaluated: \(names.joined(separator: ", "))\(more)")
    }
    if let text = UnreadableImages(split: split, images: images.skipped)?.text { notes.append(text) }
    return notes
  }

  /// The same for programs.
  public var json: JSONObject {
    [
      "path": .string(path), "split": .string(split),
      "unknownClasses": .array(
        unknownClasses.map { .object(["name": .string($0.name), "images": .integer($0.imageCount)]) }),
      "unreadableImages": .array(images.skipped.map { .string($0.name) }),
    ]
  }
}
