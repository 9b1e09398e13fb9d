import Datasets
import FileAccess
import Foundation
import ImageCodecs
import LongtailTestSupport
import Serialization
import Testing

@Suite struct TarShardsTests {
  private let image: [UInt8]

  init() throws {
    image = try ImageCodec.encodePNG(
      PixelImage(width: 7, height: 5, color: RGBColor(red: 1, green: 2, blue: 3)))
  }

  private func shard(_ build: (inout TarWriter) -> Void) throws -> (TemporaryFolder, String) {
    let folder = try TemporaryFolder()
    var tar = TarWriter()
    build(&tar)
    tar.finish()
    try folder.write(tar.bytes, to: "train-0.tar")
    return (folder, folder.path + "/train-0.tar")
  }

  @Test func longNamesLabelsAndImages() throws {
    let folder = try TemporaryFolder()
    try folder.write(SmallSets.shard(image), to: "s.tar")
    let images = try TarShards(files: [folder.path + "/s.tar"])
    #expect(images.classNames == ["0", "1"])
    #expect(images.labels == [1, 0, 1])
    #expect(images.name(at: 0) == "s.tar:0001.png")
    #expect(images.name(at: 1) == "s.tar:" + String(repeating: "long/", count: 30) + "0002.png")
    #expect(images.name(at: 2) == "s.tar:" + String(repeating: "gnu/", count: 40) + "0003.seg.png")
    for index in 0..<3 {
      #expect(try images.image(at: index).width == 7)
      #expect(try images.imageSize(at: index) == (7, 5))
    }
    #expect(try images.contents(at: 1) == image + [1])
    #expect(try images.contentSize(at: 0) == image.count)
  }

  /// The members of a shard that the system's own program made come out the same.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/tar"))) func systemTar() throws {
    for format in ["ustar", "gnu", "pax"] {
      let folder = try TemporaryFolder()
      let deep = format == "ustar" ? "d/e" : String(repeating: "deep-folder/", count: 20) + "e"
      for (index, name) in ["d/a", "d/b", deep].enumerated() {
        try folder.write(image + [UInt8](repeating: 7, count: index * 700), to: "in/\(name).png")
        try folder.write("\(index)", to: "in/\(name).cls")
      }
      let tar = Process()
      tar.executableURL = URL(fileURLWithPath: "/bin/tar")
      tar.arguments = [
        "--format=" + format, "--sort=name", "-cf", folder.path + "/s.tar", "-C", folder.path + "/in", ".",
      ]
      try tar.run()
      tar.waitUntilExit()
      guard tar.terminationStatus == 0 else { continue }
      let images = try TarShards(files: [folder.path + "/s.tar"])
      #expect(images.labels.sorted() == [0, 1, 2], "\(format)")
      for index in 0..<3 {
        let extra = [UInt8](repeating: 7, count: images.labels[index] * 700)
        #expect(try images.contents(at: index) == image + extra, "\(format)")
      }
    }
  }

  @Test func classesFromFoldersAndTexts() throws {
    let (_a, byFolder) = try shard { tar in
      tar.add("set/bee/1.png", image)
      tar.add("set/ant/2.jpg", image)
    }
    #expect(try TarShards(files: [byFolder]).classNames == ["ant", "bee"])
    let (_b, byText) = try shard { tar in
      tar.add("1.cls", " bee \n")
      tar.add("1.png", image)
      tar.add("readme", "no suffix")
      tar.add("2.txt", "a caption without an image")
      tar.add("3.json", #"{"category": "ant", "caption": "x"}"#)
      tar.add("3.png", image)
    }
    let images = try TarShards(files: [byText])
    #expect(images.classNames == ["ant", "bee"])
    #expect(images.labels == [1, 0])
    #expect(images.imagelessCount == 1)
    #expect(_a.path != _b.path)
  }

  @Test func manyShardsAndThreads() throws {
    let folder = try TemporaryFolder()
    for shard in 0..<90 {
      var tar = TarWriter()
      for sample in 0..<(shard % 3) {
        tar.add("\(shard)-\(sample).png", image + [UInt8(shard), UInt8(sample)])
        tar.add("\(shard)-\(sample).cls", "\(shard % 2)")
      }
      tar.finish()
      try folder.write(tar.bytes, to: "set-train-\(shard + 100).tar")
    }
    var test = TarWriter()
    test.add("t.png", image)
    test.add("t.cls", "1")
    try folder.write(test.bytes, to: "set-val-0.tar")
    let data = try DataDirectory.open(folder.path)
    #expect(data.kind == .shards)
    #expect(data.training.count == 90)
    #expect(data.validation?.labels == [1])
    let names = (0..<90).map(data.training.name)
    let alone = try TarShards(files: (0..<90).map { folder.path + "/set-train-\($0 + 100).tar" }, workers: 1)
    #expect((0..<90).map(alone.name) == names)
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for index in 0..<90 {
        let wanted = names[index].split(separator: ":")[1].dropLast(4).split(separator: "-").compactMap { UInt8($0) }
        #expect((try? data.training.contents(at: index)) == image + wanted, "thread \(thread)")
      }
    }
  }

  @Test func problemsAreNamed() throws {
    func expect(_ problem: String, _ build: (inout TarWriter) -> Void) throws {
      let (_folder, path) = try shard(build)
      let message = try refusal { try TarShards(files: [path]) }
      #expect(message.contains(problem), "\(message)")
      #expect(message.hasPrefix(_folder.path))
    }
    try expect("has two members '.png'") { tar in
      tar.add("1.png", image)
      tar.add("1.png", image)
    }
    try expect("has no class") { $0.add("1.png", image) }
    try expect("has 2 images") { tar in
      tar.add("a/1.png", image)
      tar.add("a/1.jpg", image)
    }
    try expect("has an empty .cls member") { tar in
      tar.add("1.png", image)
      tar.add("1.cls", "\n")
    }
    try expect("is a sparse file") { $0.add("1.png", image, type: UInt8(ascii: "S")) }
    try expect("no images") { $0.add("notes.txt", "x") }
    try expect("a pax header with a wrong length") { $0.add("x", Array("99 path=a\n".utf8), type: UInt8(ascii: "x")) }
    let folder = try TemporaryFolder()
    let whole = SmallSets.shard(image)
    try folder.write(Array(whole.prefix(1024 + image.count / 2)), to: "cut.tar")
    let cut = try refusal { try TarShards(files: [folder.path + "/cut.tar"]) }
    #expect(cut.contains("byte 512: '0001.png' has"), "\(cut)")
    try folder.write([UInt8](repeating: 65, count: 2048), to: "no.tar")
    #expect(throws: SerializationError.self) { try TarShards(files: [folder.path + "/no.tar"]) }
    #expect(throws: InputFileError(path: folder.path + "/none.tar", reason: .missing)) {
      try TarShards(files: [folder.path + "/none.tar"])
    }
  }
}
