import Longtail

/// The images that a measurement uses, and what is not measured of the data.
struct MeasuredImages {
  /// The images as the network sees them.
  let pictures: ViewedPictures
  /// Where they are.
  let path: String
  /// `test`, `train` or `all images`.
  let split: String
  /// Whether they are pixels in memory rather than files.
  let areResident: Bool
  /// Classes that the network does not know; their images are left out.
  let unknownClasses: [UnknownClass]
  /// What opening the data has told.
  let notes: [String]

  /// Tells on standard error what a reader of the numbers should know.
  func tell() {
    for note in notes { Console.error("note: \(note)") }
    if !unknownClasses.isEmpty {
      let images = unknownClasses.map(\.imageCount).reduce(0, +)
      let names = unknownClasses.prefix(10).map { unknown in
        "'\(unknown.name)' (\(unknown.imageCount) images"
          + (unknown.nearest.map { "; did you mean '\($0)'?" } ?? "") + ")"
      }
      let more = unknownClasses.count > 10 ? " and \(unknownClasses.count - 10) more" : ""
      Console.error(
        "note: \(path): \(unknownClasses.count) classes are not among the training classes, and their \(images) images are "
          + "not measured: \(names.joined(separator: ", "))\(more)")
    }
    if let text = UnreadableImages(split: split, images: pictures.skipped)?.text { Console.error("note: \(text)") }
  }

  /// The same for programs.
  var json: JSONObject {
    [
      "path": .string(path), "split": .string(split),
      "unknownClasses": .array(
        unknownClasses.map { .object(["name": .string($0.name), "images": .integer($0.imageCount)]) }),
      "unreadableImages": .array(pictures.skipped.map { .string($0.name) }),
    ]
  }
}
