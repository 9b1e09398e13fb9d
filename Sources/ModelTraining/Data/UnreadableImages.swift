import DataLoading
import Datasets
import Serialization

/// The images of a split that cannot be decoded and were left out.
public struct UnreadableImages: Sendable, Hashable {
  /// How many are named in messages; records name all.
  public static let exampleLimit = 10

  /// `train`, `validation`, `test`.
  public let split: String
  /// The images with the reasons; at least one.
  public let images: [UnreadableImage]

  /// Nil where there are none.
  public init?(split: String, images: [UnreadableImage]) {
    guard !images.isEmpty else { return nil }
    (self.split, self.images) = (split, images)
  }

  /// How many, and the first few with their reasons, one per line.
  public var text: String {
    let lines = images.prefix(Self.exampleLimit).map { "  " + $0.reason }
    let more = images.count > lines.count ? ["  and \(images.count - lines.count) more"] : []
    return (["\(split): \(images.count) images cannot be decoded and are left out:"] + lines + more).joined(
      separator: "\n")
  }

  /// Split, number and names, as logs and metrics hold them.
  public var json: JSONObject {
    [
      "split": .string(split), "count": .integer(images.count),
      "images": .array(images.map { .object(["path": .string($0.name), "reason": .string($0.reason)]) }),
    ]
  }
}
