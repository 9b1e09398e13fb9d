import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct LayoutTests {
  /// The lists of ImageNet-LT lie beside the folders of ImageNet, and mean more than those.
  @Test func listsInTheFolderOfTheirImages() throws {
    let folder = try TemporaryFolder()
    for name in ["n01440764", "n01443537"] {
      for i in 0..<3 { try folder.writeImage("train/\(name)/\(name)_\(i).JPEG") }
      try folder.writeImage("val/\(name)/ILSVRC2012_val_0.JPEG")
    }
    try folder.write(
      "train/n01440764/n01440764_0.JPEG 0\ntrain/n01443537/n01443537_0.JPEG 1\n", to: "ImageNet_LT_train.txt")
    try folder.write(
      "train/n01440764/n01440764_1.JPEG 0\ntrain/n01443537/n01443537_1.JPEG 1\n", to: "ImageNet_LT_val.txt")
    try folder.write("val/n01443537/ILSVRC2012_val_0.JPEG 1\n", to: "ImageNet_LT_test.txt")
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .imageLists)
    #expect(data.splits.map(\.images.count) == [2, 2, 1])
    #expect(data.classNames == ["n01440764", "n01443537"])
    let folders = try DataDirectory.open(folder.path, options: .init(reading: .init(format: .folders)))
    #expect(folders.kind == .splitFolders)
    #expect(folders.training.count == 6)
  }

  @Test func rootElsewhere() throws {
    let (lists, images) = (try TemporaryFolder(), try TemporaryFolder())
    try images.writeImage("ant/1.png")
    try images.writeImage("bee/1.png")
    try lists.write("ant/1.png 0\nbee/1.png 1\n", to: "Bugs_train.txt")
    try lists.write("bee/1.png 1\n", to: "Bugs_test.txt")
    #expect(throws: DataSourceError.self) { try DataDirectory.open(lists.path) }
    let options = DataDirectoryOptions(reading: .init(imageRoot: images.path))
    let data = try DataDirectory.open(lists.path + "/Bugs_train.txt", options: options)
    #expect(try data.training.image(at: 1).width == 6)
    #expect(data.test?.count == 1)
    let counted = try DataDirectory.open(lists.path, options: .init(allowsMissingImages: true))
    #expect(counted.notes.contains { $0.contains("none of the images is here") })
  }

  @Test func formatsThatAreNotHere() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] { try folder.writeImage("\(name)/1.png") }
    for format in DataFormat.allCases where format != .folders {
      let error = #expect(throws: DataSourceError.self) {
        try DataDirectory.open(folder.path, options: .init(reading: .init(format: format)))
      }
      #expect(error?.description.contains("nothing of the format '\(format.rawValue)'") == true, "\(format)")
    }
    #expect(try DataDirectory.open(folder.path, options: .init(reading: .init(format: .folders))).kind == .classFolders)
  }

  /// Several training files: the user has to say which.
  @Test func ambiguity() throws {
    let folder = try TemporaryFolder()
    try folder.write("a/1.png 0\n", to: "A_train.txt")
    try folder.write("a/1.png 0\n", to: "B_train.txt")
    let error = #expect(throws: DataSourceError.self) { try DataDirectory.open(folder.path) }
    #expect(error?.description.contains("A_train.txt and B_train.txt") == true)
  }

  /// What selects and relabels hands metadata on.
  @Test func metadataFollowsSelections() throws {
    let folder = try TemporaryFolder()
    try folder.write(SmallSets.iNaturalist2021, to: "train.json")
    let data = try DataDirectory.open(folder.path, options: .init(allowsMissingImages: true))
    let selected = try data.selectingTraining([2, 0])
    #expect(selected.training.metadata?.metadata(at: 0).latitude == 45.25)
    #expect(selected.training.metadata?.metadata(at: 1).latitude == 0)
    let turned = try RelabelledImages(data.training, matching: ["Bufo bufo", "Abies alba"], role: "test")
    #expect(turned.labels == [0, 1, 0])
    #expect(turned.metadata?.metadata(at: 2).longitude == 7.125)
    let summary = DataSummary(selected)
    #expect(summary.metadata?.locatedCount == 2)
    #expect(summary.classes.map(\.title) == ["Common Toad", "Silver Fir"])
  }

  /// A long tail out of classes that are uneven themselves.
  @Test func profilesOfUnevenSets() throws {
    let profile = LongTailProfile(.exponential, imbalanceFactor: 4)
    #expect(try profile.counts(largest: nil, of: [8, 8, 8], names: ["a", "b", "c"]) == [8, 4, 2])
    #expect(try profile.counts(largest: nil, of: [8, 5, 2], names: ["a", "b", "c"]) == [8, 4, 2])
    let error = #expect(throws: LongTailError.self) {
      try profile.counts(largest: nil, of: [8, 3, 40], names: ["a", "b", "c"])
    }
    #expect(
      error == .unevenClasses(name: "a", wanted: 20, available: 8, smallest: 3, largest: 40, feasible: 15))
    // The most frequent class keeps most, whatever its label.
    #expect(try profile.counts(largest: 15, of: [8, 3, 40], names: ["a", "b", "c"]) == [7, 3, 15])
    #expect(try profile.counts(largest: nil, of: [2, 4, 8], names: ["a", "b", "c"]) == [2, 4, 8])
    #expect(try profile.counts(largest: nil, of: [4, 8, 8, 2], names: ["a", "b", "c", "d"]) == [3, 8, 5, 2])
    #expect(throws: LongTailError.tooFewImages(label: 0, wanted: 9, available: 8)) {
      try profile.counts(largest: 9, of: [8, 8], names: ["a", "b"])
    }
    for largest in [Int.max, .max - 1, 1 << 62] {
      #expect(throws: LongTailError.self) { try profile.counts(largest: largest, of: [8, 8], names: ["a", "b"]) }
      #expect(throws: LongTailError.self) { try profile.counts(largest: largest, of: [8, 3], names: ["a", "b"]) }
    }
  }
}
