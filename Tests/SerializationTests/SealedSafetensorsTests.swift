import Foundation
import Serialization
import Testing

/// Files with a checksum of everything in them, and files that are not what they should be.
@Suite struct SealedSafetensorsTests {
  private func sample() throws -> [StoredTensor] {
    try [
      StoredTensor(layout: TensorLayout(name: "flags", elementType: .bool, shape: [3]), bytes: [1, 0, 1]),
      StoredTensor(
        layout: TensorLayout(name: "scalar", elementType: .float64, shape: []), bytes: [0, 0, 0, 0, 0, 0, 0, 64]),
    ]
  }

  // MARK: Seal

  private func sealed(_ path: String) throws {
    let tensors = try sample()
    try SafetensorsWriter.write(to: path, metadata: ["a": "b"], tensors: tensors.map(\.layout), isSealed: true) {
      try tensors[$0].withUnsafeBytes($1)
    }
  }

  /// Every single bit counts: of the length, the header, the tensors, and the checksum itself.
  @Test func aSealNoticesEveryFlippedBit() throws {
    let folder = try TemporaryFolder()
    try sealed(folder.file("a"))
    let file = try SafetensorsFile(folder.file("a"))
    #expect(file.isSealed)
    #expect(file.names.last == "checksum")
    try file.checkSeal()
    let sound = try contents(of: folder.file("a"))
    for bit in 0..<(sound.count * 8) {
      var damaged = sound
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      let path = try folder.write(damaged, to: "damaged")
      #expect(throws: SerializationError.self, "bit \(bit)") { try SafetensorsFile(path).checkSeal() }
    }
  }

  @Test func aFileWithoutSealIsNotTakenForSealed() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    try SafetensorsWriter.write(to: path, tensors: sample())
    #expect(try !SafetensorsFile(path).isSealed)
    let error = #expect(throws: SerializationError.self) { try SafetensorsFile(path).checkSeal() }
    #expect("\(String(describing: error))".contains("no checksum"))
  }

  // MARK: Hostile files

  /// The file is read when it is opened: what becomes of it afterwards does not matter.
  @Test func aFileThatIsCutLaterStaysReadable() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    try SafetensorsWriter.write(to: path, tensors: sample())
    let file = try SafetensorsFile(path)
    #expect(truncate(path, 0) == 0)
    #expect(file["scalar"]?.doubleValues == [2])
  }

  @Test func refusesWhatIsNoRegularFile() throws {
    let folder = try TemporaryFolder()
    let pipe = folder.file("pipe")
    #expect(mkfifo(pipe, 0o644) == 0)
    for (path, kind) in [(pipe, "a named pipe"), ("/dev/zero", "a device"), (folder.path, "a folder")] {
      for open in [
        { _ = try SafetensorsFile(path) }, { _ = try PyTorchStateDictionary(path) }, { _ = try FileDigest(of: path) },
      ] {
        let error = #expect(throws: SerializationError.self) { try open() }
        #expect(error == .cannotRead(path: path, reason: "it is \(kind), not a regular file"))
      }
    }
    #expect(throws: SerializationError.self) { _ = try FileSink(pipe) }
  }

  /// The work grows with the number of tensors, not with its square.
  @Test(.timeLimit(.minutes(2))) func readsAHundredThousandTensors() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("many")
    let layouts = (0..<100_000).map { TensorLayout(name: "layer.\($0).weight", elementType: .uint8, shape: [1]) }
    try SafetensorsWriter.write(to: path, tensors: layouts) { try [UInt8(truncatingIfNeeded: $0)].withUnsafeBytes($1) }
    let file = try SafetensorsFile(path)
    #expect(file["layer.99999.weight"]?.doubleValues == [Double(99_999 % 256)])
  }

  /// Names from a file can hold anything; in messages they must not move the cursor or reverse the text.
  @Test(arguments: ["\u{1B}[2J", "a\u{9B}31m", "x\u{202E}y", "line\nbreak", "\u{7F}"])
  func namesInMessagesAreEscaped(name: String) {
    let errors: [SerializationError] = [
      .badTensor(path: name, tensor: name, reason: "no"), .refused(path: name, name: name),
      .notFinite(path: name, tensor: name), .cannotRead(path: name, reason: "no"),
    ]
    for error in errors {
      let text = error.description
      #expect(!text.contains(name))
      #expect(text.contains("\\"), "\(text)")
    }
  }
}
