import Datasets
import FileAccess
import Foundation
import ImageCodecs
import LongtailTestSupport
import Testing

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
    #expect(images.leftOut.entries.mapValues(\.count) == [.noImage: 1, .besideFolders: 1, .hidden: 2])
    #expect(images.leftOut.entries[.noImage]?.first == "a/readme.txt")
    #expect(images.leftOut.entries[.besideFolders]?.first == "stray.png")
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

  @Test func linksAreFollowedAndCirclesEnd() throws {
    let folder = try TemporaryFolder()
    let elsewhere = try TemporaryFolder()
    try folder.writeImage("a/1.png")
    try folder.writeImage("a/z/2.png")
    try elsewhere.writeImage("deep/3.png")
    try folder.writeImage("b/4.png")
    try folder.link("a/loop", to: folder.path + "/a")
    try folder.link("a/up", to: "..")
    try folder.link("a/again", to: "z")
    try folder.link("a/elsewhere", to: elsewhere.path)
    try elsewhere.link("back", to: folder.path + "/a/z")
    try folder.link("a/5.png", to: folder.path + "/b/4.png")
    try folder.link("b/gone.png", to: "nowhere.png")
    try folder.link("b/self.png", to: "self.png")
    #expect(mkfifo(folder.path + "/b/pipe.png", 0o600) == 0)
    let images = try ImageFolder(root: folder.path)
    let names = (0..<images.count).map(images.name)
    #expect(names == ["a/1.png", "a/5.png", "a/elsewhere/deep/3.png", "a/z/2.png", "b/4.png"])
    #expect(
      images.leftOut.entries.mapValues(\.count) == [.repeatedFolder: 5, .danglingLink: 1, .special: 1])
    #expect(images.leftOut.entries[.danglingLink]?.first == "b/gone.png")
  }

  /// Two links from each folder to the next give 2^n paths, but n folders.
  @Test func linksThatMultiplyTakeNoTime() throws {
    let folder = try TemporaryFolder()
    for level in 0..<30 {
      try folder.makeFolder("levels/\(level)")
      for name in ["a", "b"] { try folder.link("levels/\(level)/\(name)", to: "../\(level + 1)") }
    }
    try folder.writeImage("levels/30/1.png")
    try folder.makeFolder("class")
    try folder.link("class/start", to: "../levels/0")
    try folder.makeFolder("other")
    let images = try ImageFolder(root: folder.path)
    #expect(images.classCounts == [1, 1, 0])
  }

  @Test func foldersOfSystemsAreNoClasses() throws {
    let folder = try TemporaryFolder()
    for name in ["cat", "dog"] { try folder.writeImage(name + "/1.png") }
    for name in ["@eaDir", "__MACOSX", "cat/@eaDir", "cat/.thumbnails", "$RECYCLE.BIN", "#recycle", "lost+found"] {
      try folder.writeImage(name + "/x/thumb.jpg")
    }
    try folder.write("x", to: "cat/Thumbs.db")
    try folder.write("x", to: "cat/.DS_Store")
    try folder.writeImage("dog/._1.png")
    try folder.writeImage("dog/1.png~")
    let images = try ImageFolder(root: folder.path)
    #expect(images.classNames == ["cat", "dog"])
    #expect(images.count == 2)
    #expect(images.leftOut.entries.mapValues(\.count) == [.system: 6, .hidden: 3])
  }

  @Test func unknownSuffixesAreJudgedByContents() throws {
    let folder = try TemporaryFolder()
    for name in ["a.jfif", "b.JPE", "c.png?width=100", "d.png ", "e", "f.orig", "g.123"] {
      try folder.writeImage("cat/" + name)
    }
    try folder.writeImage("dog/1.png")
    try folder.write("no image", to: "dog/README")
    try folder.write([0, 0, 0, 24] + Array("ftypheic".utf8), to: "dog/photo")
    try folder.write("x", to: "dog/photo.heic")
    let images = try ImageFolder(root: folder.path)
    #expect(images.classCounts == [7, 1])
    #expect(images.leftOut.entries.mapValues(\.count) == [.noImage: 1, .otherFormat: 2])
    #expect(
      images.leftOut.notes(of: "photos")[0]
        == "photos: 2 images are of formats that are not read and left out; convert to JPEG or PNG (first: dog/photo)"
        || images.leftOut.notes(of: "photos")[0].hasSuffix("(first: dog/photo.heic)"))
  }

  @Test func namesThatAreNoUTF8AreOpened() throws {
    let folder = try TemporaryFolder()
    let png = try ImageCodec.encodePNG(PixelImage(width: 3, height: 2, color: .white))
    // "café" in Latin-1, "猫" in Shift-JIS, and an accent as a letter of its own.
    let names: [[UInt8]] = [[0x63, 0x61, 0x66, 0xE9], [0x94, 0x4C], Array("cafe\u{301}".utf8)]
    for name in names {
      let place = String(systemBytes: Array((folder.path + "/").utf8) + name)
      #expect(place.withSystemPath { mkdir($0, 0o755) } == 0)
      let file = place + "/" + String(systemBytes: name) + ".png"
      let descriptor = file.withSystemPath { open($0, O_CREAT | O_WRONLY, 0o644) }
      #expect(write(descriptor, png, png.count) == png.count)
      close(descriptor)
    }
    let images = try ImageFolder(root: folder.path)
    #expect(images.count == 3)
    for index in 0..<3 { #expect(try images.image(at: index).width == 3) }
    #expect(Set(images.classNames.map(\.escapedForDisplay)) == ["caf\\xe9", "\\x94L", "cafe\u{301}"])
    #expect(Set(images.classNames.map(\.systemBytes)) == Set(names))
  }

  @Test func foldersWithoutImages() throws {
    let folder = try TemporaryFolder()
    #expect(throws: DataSourceError.tooFewClasses(path: folder.path, names: [])) { try ImageFolder(root: folder.path) }
    try folder.makeFolder("a")
    #expect(throws: DataSourceError.noImages(path: folder.path)) { try ImageFolder(root: folder.path) }
    #expect(throws: DataSourceError.missing(path: "/nowhere")) { try ImageFolder(root: "/nowhere") }
  }
}
