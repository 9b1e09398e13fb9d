import DataLoading
import Datasets
import Foundation
import ImageCodecs
import LongtailTestSupport
import Testing

/// Data are known by content: names, labels, sizes and times can agree and the images still be others.
@Suite struct ContentDigestTests {
  private func digest(_ folder: TemporaryFolder) throws -> String {
    try DataDigest.digest(of: ImageFolder(root: folder.path), cacheFolder: nil)
  }

  @Test func followsEveryByte() throws {
    let folder = try TemporaryFolder()
    for name in ["a/1", "a/2", "b/1"] { try folder.write([UInt8](repeating: 7, count: 40), to: name + ".png") }
    let first = try digest(folder)
    #expect(try digest(folder) == first)
    for position in [0, 20, 39] {
      var bytes = [UInt8](repeating: 7, count: 40)
      bytes[position] ^= 1
      try folder.write(bytes, to: "a/2.png")
      #expect(try digest(folder) != first, "byte \(position)")
    }
    try folder.write([UInt8](repeating: 7, count: 40), to: "a/2.png")
    #expect(try digest(folder) == first)
    // A file that cannot be read is not one that is empty.
    try folder.write([], to: "a/2.png")
    let empty = try digest(folder)
    try FileManager.default.removeItem(atPath: folder.path + "/a/2.png")
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/a/2.png", withDestinationPath: "nowhere")
    try folder.write("a/1.png 0\na/2.png 0\nb/1.png 1\n", to: "list.txt")
    let images = try ImageList(file: folder.path + "/list.txt", root: folder.path)
    #expect(try DataDigest.digest(of: images, cacheFolder: nil) != empty)
  }

  /// Digests are remembered in the cache folder and are right whatever happens to the files or to the memory.
  @Test func rememberedDigestsAreRight() throws {
    let (folder, cache) = (try TemporaryFolder(), try TemporaryFolder())
    let size = 2 << 20
    for index in 0..<9 {
      try folder.write([UInt8](repeating: UInt8(index), count: size), to: "\(index % 2)/\(index).png")
    }
    func both() throws -> (remembered: String, fresh: String) {
      let images = try ImageFolder(root: folder.path)
      return (
        try DataDigest.digest(of: images, cacheFolder: cache.path), try DataDigest.digest(of: images, cacheFolder: nil)
      )
    }
    var seen: Set<String> = []
    func expectAgreement(_ what: String) throws {
      let (remembered, fresh) = try both()
      #expect(remembered == fresh, "\(what)")
      seen.insert(fresh)
    }
    try expectAgreement("first")
    // Files become old enough to be remembered.
    Thread.sleep(forTimeInterval: 2.1)
    try expectAgreement("second")
    let places = try FileManager.default.contentsOfDirectory(atPath: cache.path + "/file-digests")
    #expect(places.count == 1)
    let memory = cache.path + "/file-digests/" + places[0]
    let sound = try Data(contentsOf: URL(filePath: memory))
    #expect(sound.count == 24 + 9 * 72 + 32)
    try expectAgreement("remembered")
    #expect(seen.count == 1)
    // The same size, and the time restored.
    let file = folder.path + "/0/4.png"
    let time = try FileManager.default.attributesOfItem(atPath: file)[.modificationDate]
    try folder.write([UInt8](repeating: 99, count: size), to: "0/4.png")
    try FileManager.default.setAttributes([.modificationDate: time as Any], ofItemAtPath: file)
    try expectAgreement("replaced")
    #expect(seen.count == 2)
    for position in stride(from: 0, to: sound.count, by: 61) {
      var damaged = sound
      damaged[position] ^= 0x10
      try damaged.write(to: URL(filePath: memory))
      try expectAgreement("damaged at \(position)")
    }
    #expect(seen.count == 2)
  }

  // MARK: Decoded cache

  private let policy = DecodedCachePolicy(shorterEdge: 8)

  private func folder(tone: Int) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (index, name) in ["a/1", "a/2", "b/1"].enumerated() {
      let color = RGBColor(red: UInt8(tone + 10 * index), green: 1, blue: 2)
      let bytes = try ImageCodec.encodePNG(PixelImage(width: 12, height: 10, color: color))
      try folder.write(bytes + [UInt8](repeating: 0, count: 150 - bytes.count), to: name + ".png")
    }
    return folder
  }

  /// Another folder with the same names and sizes has a cache of its own.
  @Test func theCacheOfAnotherFolderIsNotUsed() throws {
    let (one, other) = (try folder(tone: 10), try folder(tone: 100))
    let path = one.path + "/cache"
    let source = try ImageFolder(root: one.path)
    let cache = try DecodedCache.openOrMake(path, of: source, policy: policy)
    #expect(try cache.image(at: 0).pixels[0] == 10)
    let others = try ImageFolder(root: other.path)
    #expect(try DecodedCache.open(path, of: others, policy: policy) == nil)
    #expect(try DecodedCache.openOrMake(path, of: others, policy: policy).image(at: 0).pixels[0] == 100)
    // And an image that is replaced in place makes it anew.
    try other.write(Array(Data(contentsOf: URL(filePath: one.path + "/b/1.png"))), to: "a/1.png")
    #expect(try DecodedCache.open(path, of: ImageFolder(root: other.path), policy: policy) == nil)
  }

  @Test func aCacheThatIsCutWhileItIsReadGivesAnError() throws {
    let folder = try folder(tone: 10)
    let path = folder.path + "/cache"
    let cache = try DecodedCache.openOrMake(path, of: ImageFolder(root: folder.path), policy: policy)
    #expect(truncate(path, 4100) == 0)
    let error = #expect(throws: ImageCodecError.self) { try cache.image(at: 2) }
    #expect(error.map { "\($0)" }?.contains("has become shorter") == true)
    #expect(throws: ImageCodecError.self) { try cache.representation(at: 1, in: ByteBuffer()) }
  }

  @Test func aCacheMustBeARegularFile() throws {
    let folder = try folder(tone: 10)
    let path = folder.path + "/pipe"
    #expect(mkfifo(path, 0o644) == 0)
    let source = try ImageFolder(root: folder.path)
    let error = #expect(throws: DataSourceError.self) { try DecodedCache.open(path, of: source, policy: policy) }
    #expect(error.map { "\($0)" }?.contains("named pipe") == true)
    #expect(throws: DataSourceError.self) { try DecodedCache.open("/dev/zero", of: source, policy: policy) }
  }

  // MARK: While training

  /// An image that is overwritten, replaced, cut or removed while a run reads the folder is refused when it is read next.
  @Test func changedFilesAreRefused() throws {
    let folder = try folder(tone: 10)
    let images = ChangeCheckedImages(try ImageFolder(root: folder.path))
    for index in 0..<3 { _ = try images.image(at: index) }
    let file = folder.path + "/a/2.png"
    #expect(chmod(file, 0o600) == 0)
    _ = try images.image(at: 1)
    let sound = try Data(contentsOf: URL(filePath: file))
    for change in [
      { try sound.write(to: URL(filePath: file)) }, { #expect(truncate(file, 149) == 0) },
      { #expect(unlink(file) == 0) },
    ] {
      try change()
      #expect(throws: ImageCodecError.self) { try images.image(at: 1) }
      #expect(throws: ImageCodecError.self) { try images.representation(at: 1, in: ByteBuffer()) }
    }
    _ = try images.image(at: 0)
  }
}
