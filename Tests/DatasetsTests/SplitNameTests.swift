import Datasets
import Foundation
import LongtailTestSupport
import Testing

/// Split names in any case and usual spelling, and folders that are no classes.
@Suite struct SplitNameTests {
  @Test(arguments: [
    ("train", DataSplit.train), ("Train", .train), ("TRAINING", .train), ("train_set", .train), ("trainset", .train),
    ("training-images", .train), ("TrainImages", .train), ("train2017", .train), ("Training Data", .train),
    ("trn", .train),
    ("VAL", .validation), ("Valid", .validation), ("validation_set", .validation), ("valset", .validation),
    ("dev", .validation),
    ("Testing", .test), ("test_set", .test), ("TEST", .test), ("test_images", .test), ("testdata", .test),
    ("Evaluation", .test),
  ])
  func isKnown(name: String, split: DataSplit) {
    #expect(DataSplit(named: name) == split)
  }

  @Test(arguments: [
    "train station", "test strip", "bus", "trainer", "valley", "latest", "contest", "train_val", "images", "", "0",
  ])
  func isNoSplit(name: String) {
    #expect(DataSplit(named: name) == nil)
  }

  @Test(arguments: [
    ("Training", "Testing"), ("train_set", "test_set"), ("training_images", "test_images"), ("Train", "VALID"),
    ("TRAIN", "Test"),
    ("train2017", "val2017"), ("01_train", "02_test"), ("Training Set", "Validation Set"),
    ("seg_train", "seg_test"), ("Bird Training", "Bird Val"),
  ])
  func foldersAreSplits(train: String, other: String) throws {
    let folder = try TemporaryFolder()
    for name in ["glioma", "none"] {
      for index in 0..<3 { try folder.writeImage("\(train)/\(name)/\(index).png", tone: index) }
      try folder.writeImage("\(other)/\(name)/9.png", tone: 9)
    }
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .splitFolders)
    #expect(data.classNames == ["glioma", "none"])
    #expect(data.training.count == 6)
    #expect(data.evaluation?.count == 2)
    #expect(data.trainingPrefix == train + "/")
    // A list of some training images names the folder as it is called.
    let list = folder.path + "/some.txt"
    try IndexList.writeImages(at: [0, 3], of: data.training, prefix: data.trainingPrefix, to: list)
    #expect(try DataDirectory.open(folder.path, options: .init(trainingList: list)).training.count == 2)
  }

  /// Each is refused with what to do: never two classes "Testing" and "Validation".
  @Test(arguments: [
    (
      ["Testing/a/1.png", "Testing/b/1.png", "Validation/a/1.png", "Validation/b/1.png"],
      "their names are those of splits"
    ),
    (["train1/a/1.png", "train2/a/1.png", "train1/b/1.png"], "their names are those of splits"),
    (
      ["Images/a/1.png", "Images/b/1.png", "Test/a/1.png", "Test/b/1.png"],
      "'Test' is the name of a split and holds folders"
    ),
    (["color/a/1.png", "color/b/1.png", "gray/a/1.png", "gray/b/1.png"], "name one of them"),
    (["v1/a/1.png", "v1/b/1.png", "v2/a/1.png", "v2/b/1.png", "v2/c/1.png"], "hold folders of the same names"),
    (["archive/train/a/1.png", "archive/test/a/1.png"], "'archive' is the only one, and holds folders itself"),
    (["x/apple/1.png", "y/apple/1.png"], "hold folders of the same names ('apple')"),
    (["cat/train/1.png", "cat/test/2.png", "dog/train/1.png", "dog/test/2.png"], "put the splits outside"),
    (["train/a/1.png", "train/b/1.png", "Training/a/1.png", "test/a/1.png"], "name one of them"),
    (["train/steam/1.png", "bus/1.png", "car/1.png"], "'train' may be the training set or a class"),
  ])
  func foldersThatAreNoClasses(files: [String], problem: String) throws {
    let folder = try TemporaryFolder()
    for (index, file) in files.enumerated() { try folder.writeImage(file, tone: index) }
    let error = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
  }

  /// What only looks like it is read.
  @Test(arguments: [
    ["cat/images/1.png", "dog/images/1.png"], ["cat/1.png", "cat/young/2.png", "dog/1.png", "dog/young/2.png"],
    ["cat/lynx/1.png", "dog/wolf/1.png"], ["test strip/1.png", "train station/1.png"],
  ])
  func foldersThatAreClasses(files: [String]) throws {
    let folder = try TemporaryFolder()
    for (index, file) in files.enumerated() { try folder.writeImage(file, tone: index) }
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .classFolders)
    #expect(data.training.count == files.count)
  }

  /// The user may insist, and is told.
  @Test func outerFoldersAsClasses() throws {
    let folder = try TemporaryFolder()
    for name in ["color/a", "color/b", "gray/a", "gray/b"] { try folder.writeImage("\(name)/1.png") }
    let data = try DataDirectory.open(folder.path, options: .init(reading: .init(format: .folders)))
    #expect(data.classNames == ["color", "gray"])
    #expect(data.notes.contains { $0.contains("read as classes, although all of them hold folders of the same names") })
  }

  /// Test images without classes, and folders beside the splits, are told.
  @Test func whatIsNotUsedIsTold() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] { try folder.writeImage("Train/\(name)/1.png") }
    try folder.writeImage("test/1.png")
    try folder.writeImage("extra/a/1.png")
    let data = try DataDirectory.open(folder.path)
    #expect(data.test == nil)
    #expect(data.training.count == 2)
    #expect(data.notes.contains { $0.contains("test/ holds 1 images without class folders") })
    #expect(data.notes.contains { $0.contains("not used: extra") })
  }
}
