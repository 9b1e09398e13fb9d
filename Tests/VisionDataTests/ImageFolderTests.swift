import Foundation
import ImageCodecs
import Testing
import VisionData

@Suite struct ImageFolderTests {
  /// Byte-wise order puts capitals before small letters and "é" after "z", under any locale.
  @Test func orderIsByteWise() throws {
    let folder = try TemporaryFolder()
    for name in ["zebra", "Äpfel", "Zoo", "apple", "apple pie", "étoile", "10", "9"] {
      try folder.writeImage(name + "/b.png")
      try folder.writeImage(name + "/B.PNG")
      try folder.writeImage(name + "/a/z.png")
    }
    let images = try ImageFolder(root: folder.path)
    #expect(images.classNames == ["10", "9", "Zoo", "apple", "apple pie", "zebra", "Äpfel", "étoile"])
    #expect((3..<6).map(images.name) == ["9/B.PNG", "9/a/z.png", "9/b.png"])
    #expect(images.labels == (0..<8).flatMap { [$0, $0, $0] })
  }

  @Test func hiddenAndOtherFilesAreLeftOut() throws {
    let folder = try TemporaryFolder()
    try folder.writeImage("a/1.png")
    try folder.writeImage("a/.2.png")
    try folder.writeImage(".hidden/3.png")
    try folder.writeImage("stray.png")
    try folder.write("notes", to: "a/readme.txt")
    try folder.writeImage("b/4.JPEG")
    try folder.makeFolder("c")
    let images = try ImageFolder(root: folder.path)
    #expect(images.classNames == ["a", "b", "c"])
    #expect(images.labels == [0, 1])
    #expect(images.ignoredFiles == ["a/readme.txt"])
    #expect(images.emptyClasses == [2])
    #expect(images.classCounts == [1, 1, 0])
  }

  @Test func decodesLazilyAndNamesTheFile() throws {
    let folder = try TemporaryFolder()
    try folder.writeImage("a/1.png", width: 9, height: 5)
    try folder.write([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], to: "a/2.tiff")
    let images = try ImageFolder(root: folder.path)
    #expect(try images.imageSize(at: 0) == (9, 5))
    #expect(try images.image(at: 0).width == 9)
    #expect(throws: ImageCodecError(name: folder.path + "/a/2.tiff", reason: .unsupportedFormat(.tiff))) {
      try images.image(at: 1)
    }
  }

  @Test func linkThatLeadsBackIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.writeImage("a/1.png")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/a/loop", withDestinationPath: folder.path + "/a")
    #expect(throws: DataSourceError.self) { try ImageFolder(root: folder.path) }
  }

  @Test func foldersWithoutImages() throws {
    let folder = try TemporaryFolder()
    #expect(throws: DataSourceError.tooFewClasses(path: folder.path, names: [])) { try ImageFolder(root: folder.path) }
    try folder.makeFolder("a")
    #expect(throws: DataSourceError.noImages(path: folder.path)) { try ImageFolder(root: folder.path) }
    #expect(throws: DataSourceError.missing(path: "/nowhere")) { try ImageFolder(root: "/nowhere") }
  }
}
