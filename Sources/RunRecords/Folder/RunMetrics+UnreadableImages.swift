import Serialization

extension RunMetrics {
  /// The number of images of each split that cannot be decoded and were left out, with the first of them, in words; nil without any.
  public var unreadableImages: String? {
    let parts = (details["unreadableImages"]?.arrayValue ?? []).compactMap { value -> String? in
      guard let split = value.objectValue, let name = split["split"]?.stringValue,
        let count = split["count"]?.integerValue
      else { return nil }
      let first = split["images"]?.arrayValue?.first?.objectValue?["path"]?.stringValue
      return "\(count) images of the \(name) set that cannot be decoded" + (first.map { " (first: \($0))" } ?? "")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
