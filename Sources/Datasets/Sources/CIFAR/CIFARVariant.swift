/// The two CIFAR sets and the form of their binary files.
public enum CIFARVariant: String, Sendable, Hashable, Codable, CaseIterable {
  /// 10 classes, 5,000 + 1,000 images each; records of 1 + 3,072 bytes.
  case cifar10 = "CIFAR-10"
  /// 100 classes, 500 + 100 images each; records of 2 + 3,072 bytes (coarse label, fine label, pixels).
  case cifar100 = "CIFAR-100"

  /// Pixels along each side.
  public static let side = 32

  /// 10 or 100.
  public var classCount: Int { self == .cifar10 ? 10 : 100 }
  /// Training images of each class.
  public var trainingImagesPerClass: Int { 50_000 / classCount }
  /// Test images of each class.
  public var testImagesPerClass: Int { 10_000 / classCount }
  /// The name of the folder that the published archive unpacks to.
  public var folderName: String { self == .cifar10 ? "cifar-10-batches-bin" : "cifar-100-binary" }

  /// The label bytes before the pixels: what they are and how many values they have. The last one is the class.
  var labelBytes: [(kind: String, count: Int)] {
    self == .cifar10 ? [("label", 10)] : [("coarse label", 20), ("fine label", 100)]
  }
  var recordBytes: Int { labelBytes.count + Self.side * Self.side * 3 }
  var trainingFiles: [String] {
    self == .cifar10 ? (1...5).map { "data_batch_\($0).bin" } : ["train.bin"]
  }
  var testFiles: [String] { self == .cifar10 ? ["test_batch.bin"] : ["test.bin"] }
  var namesFile: String { self == .cifar10 ? "batches.meta.txt" : "fine_label_names.txt" }
  /// Files that no other set has under these names together; one is enough to know what was meant.
  var telltaleFiles: [String] {
    self == .cifar10 ? trainingFiles + testFiles : ["train.bin", "test.bin", "fine_label_names.txt"]
  }
}
