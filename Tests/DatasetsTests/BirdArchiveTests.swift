import Datasets
import Foundation
import LongtailTestSupport
import Testing

@Suite struct BirdArchiveTests {
  @Test func cub() throws {
    let folder = try TemporaryFolder()
    try folder.writeBirds()
    let archive = try BirdArchive(folder: folder.path + "/CUB_200_2011")
    #expect(archive.training.classNames == ["001.Auk", "002.Jay"])
    #expect(archive.training.labels == [0, 1])
    #expect(archive.test.labels == [0, 1])
    #expect(archive.training.path(at: 1) == folder.path + "/CUB_200_2011/images/002.Jay/c.png")
    #expect(archive.testBoxes?[0].height == 4.5)
    let metadata = try #require(archive.training.metadata)
    #expect(metadata.attributeNames == ["has_bill_shape::curved", "has_bill_shape::dagger"])
    #expect(metadata.metadata(at: 0).attributes == [1, 0])
    #expect(metadata.metadata(at: 1).attributes == [1, 1])
    #expect(archive.hierarchy == nil)
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .cub200)
    #expect(data.test?.count == 2)
    #expect(MetadataCoverage(of: data.training)?.attributeCount == 2)
  }

  /// Class numbers with gaps, identifiers that are no numbers, names with spaces, and one name for two classes.
  @Test func naBirds() throws {
    let folder = try TemporaryFolder()
    try folder.writeBirds(
      [
        "images.txt": "0000139e-21dc 0817/a.jpg\n000e8f3c-7e5b 0860/b.jpg\nffff-1 0900/c.jpg\n",
        "image_class_labels.txt": "0000139e-21dc 817\n000e8f3c-7e5b 860\nffff-1 90\n",
        "train_test_split.txt": "0000139e-21dc 1\n000e8f3c-7e5b 1\nffff-1 1\n",
        "classes.txt": "0 Birds\n1 Ducks, Geese, and Swans\n90 Oak Titmouse\n817 Oak Titmouse\n860 Elf Owl\n",
        "hierarchy.txt": "1 0\n90 1\n817 1\n860 0\n",
      ], in: "nabirds")
    let archive = try BirdArchive(folder: folder.path + "/nabirds")
    #expect(archive.training.classNames == ["Oak Titmouse (90)", "Oak Titmouse (817)", "Elf Owl"])
    #expect(archive.training.labels == [1, 2, 0])
    #expect(archive.hierarchy?.path(ofClass: 0) == ["Oak Titmouse", "Ducks, Geese, and Swans", "Birds"])
    #expect(archive.training.metadata == nil)
    #expect(archive.trainingBoxes == nil)
    #expect(try DataDirectory.open(folder.path).kind == .naBirds)
    try folder.write("1 0\n0 1\n90 1\n817 1\n860 0\n", to: "nabirds/hierarchy.txt")
    let error = #expect(throws: DataSourceError.self) { try BirdArchive(folder: folder.path + "/nabirds") }
    #expect(error?.description.contains("lies above itself") == true)
  }

  @Test(arguments: [
    ("images.txt", "1 a.png\n1 b.png\n", "line 2: image '1' stands twice"),
    ("images.txt", "1\n", "line 1: expected an identifier"),
    ("image_class_labels.txt", "9 1\n", "line 1: image '9' is not in images.txt"),
    ("image_class_labels.txt", "1 1\n", "nothing was said of 001.Auk/b.png"),
    ("train_test_split.txt", "1 2\n", "line 1: '2' is not what stands here"),
    ("train_test_split.txt", "1 0\n2 0\n3 0\n4 0\n", "no images"), ("classes.txt", "1 Auk\n", "images have this class"),
    ("bounding_boxes.txt", "1 1 2 3\n", "line 1"), ("attributes/image_attribute_labels.txt", "1 0 1 1 1\n", "line 1"),
    ("attributes/image_attribute_labels.txt", "1 1 2 1 1\n", "line 1"), ("images.txt", "", "no images"),
  ])
  func problemsAreNamed(file: String, text: String, problem: String) throws {
    let folder = try TemporaryFolder()
    try folder.writeBirds(SmallSets.birds.merging([file: text]) { $1 })
    let error = #expect(throws: DataSourceError.self) { try BirdArchive(folder: folder.path + "/CUB_200_2011") }
    #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
  }

  /// Class folders named by WordNet, with a table of names.
  @Test func imageNetR() throws {
    let folder = try TemporaryFolder()
    for name in ["n01443537", "n01484850"] { try folder.writeImage(name + "/art_0.png") }
    try folder.write("ImageNet-R\n\nn01443537 goldfish\nn01484850 great_white_shark\n", to: "README.txt")
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .imageNetR)
    #expect(data.classNames == ["n01443537", "n01484850"])
    #expect(data.classTitles == ["goldfish", "great white shark"])
    #expect(DataSummary(data).classes[0].title == "goldfish")
  }
}
