/// The findings of `DataCheck`.
public struct DataCheckReport: Sendable, Hashable, Codable {
  /// A number of findings with the first few of them.
  public struct Finding: Sendable, Hashable, Codable {
    /// The number of all.
    public var count: Int
    /// At most `DataCheck.exampleLimit` of them, in order.
    public var examples: [String]

    init(_ all: [String]) {
      count = all.count
      examples = Array(all.prefix(DataCheck.exampleLimit))
    }
  }

  /// The findings in one split.
  public struct Split: Sendable, Hashable, Codable {
    /// `train`, `validation` or `test`.
    public var name: String
    /// All images named by the split.
    public var imageCount: Int
    /// Images whose files are not there.
    public var missing: Finding
    /// Images that cannot be decoded, with the reasons.
    public var unreadable: Finding
    /// Groups of images with equal bytes and one label.
    public var duplicates: Finding
    /// Groups of images with equal bytes and different labels.
    public var contradictions: Finding
    /// Classes without images.
    public var emptyClasses: Finding
    /// Classes with a single image.
    public var singleImageClasses: Finding
    /// Runs of labels without images that lie between used labels, such as `3-5`.
    public var labelGaps: Finding
  }

  /// The folder that was checked.
  public var path: String
  /// Its layout.
  public var kind: DataDirectory.Kind
  /// The findings in each split.
  public var splits: [Split]
  /// Images with equal bytes in two splits, such as training and test.
  public var sharedBetweenSplits: Finding
  /// Notes from opening the folder.
  public var notes: [String]

  /// Whether every image can be read and every class has training images.
  public var isUsable: Bool {
    splits.allSatisfy { $0.missing.count + $0.unreadable.count == 0 }
      && splits.first { $0.name == "train" }?.emptyClasses.count == 0
  }

  /// Whether there are no findings.
  public var isClean: Bool {
    isUsable && sharedBetweenSplits.count == 0
      && splits.allSatisfy {
        $0.duplicates.count + $0.contradictions.count + $0.emptyClasses.count + $0.singleImageClasses.count
          + $0.labelGaps.count == 0
      }
  }
}
