import Foundation
import Serialization
import Testing

@Suite struct SafetensorsTests {
  private func sample() throws -> [StoredTensor] {
    try [
      StoredTensor(layout: TensorLayout(name: "flags", elementType: .bool, shape: [3]), bytes: [1, 0, 1]),
      StoredTensor(
        layout: TensorLayout(name: "é \"w\"", elementType: .int16, shape: [2, 1]), bytes: [1, 0, 255, 255]),
      StoredTensor(layout: TensorLayout(name: "empty", elementType: .float32, shape: [0, 4]), bytes: []),
      StoredTensor(
        layout: TensorLayout(name: "scalar", elementType: .float64, shape: []), bytes: [0, 0, 0, 0, 0, 0, 0, 64]),
    ]
  }

  @Test func readsWhatItWrote() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.safetensors")
    try SafetensorsWriter.write(to: path, metadata: ["format": "1", "note": "π\n"], tensors: sample())
    let file = try SafetensorsFile(path)
    #expect(file.metadata == ["format": "1", "note": "π\n"])
    #expect(file.names == ["flags", "é \"w\"", "empty", "scalar"])
    #expect(file["é \"w\""]?.doubleValues == [1, -1])
    #expect(file["é \"w\""]?.shape == [2, 1])
    #expect(file["empty"]?.doubleValues == [])
    #expect(file["empty"]?.shape == [0, 4])
    #expect(file["scalar"]?.doubleValues == [2])
    #expect(file["missing"] == nil)
    #expect(folder.names == ["a.safetensors"])
  }

  @Test(arguments: 0..<70)
  func dataBeginAtAMultipleOf64(nameLength: Int) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    let layout = TensorLayout(name: String(repeating: "n", count: nameLength), elementType: .uint8, shape: [1])
    try SafetensorsWriter.write(to: path, tensors: [StoredTensor(layout: layout, bytes: [7])])
    #expect(try contents(of: path).count % 64 == 1)
    #expect(try SafetensorsFile(path).tensors.first?.doubleValues == [7])
  }

  @Test func equalContentsGiveEqualFiles() throws {
    let folder = try TemporaryFolder()
    let metadata = Dictionary(uniqueKeysWithValues: (0..<50).map { ("key\($0)", "\($0)") })
    for name in ["a", "b"] {
      try SafetensorsWriter.write(to: folder.file(name), metadata: metadata, tensors: sample())
    }
    #expect(try FileDigest(of: folder.file("a")) == FileDigest(of: folder.file("b")))
  }

  @Test func takesATensorInPieces() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    let layout = TensorLayout(name: "w", elementType: .uint8, shape: [5])
    try SafetensorsWriter.write(to: path, tensors: [layout]) { _, output in
      for part: [UInt8] in [[1, 2], [], [3, 4, 5]] { try part.withUnsafeBytes(output) }
    }
    #expect(try SafetensorsFile(path)["w"]?.doubleValues == [1, 2, 3, 4, 5])
  }

  @Test(arguments: [[UInt8](), [1], [1, 2, 3]])
  func keepsThePreviousFileWhenBytesDoNotFit(bytes: [UInt8]) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    try SafetensorsWriter.write(to: path, tensors: sample())
    let before = try contents(of: path)
    let layout = TensorLayout(name: "w", elementType: .uint8, shape: [2])
    let error = #expect(throws: SerializationError.self) {
      try SafetensorsWriter.write(to: path, tensors: [layout]) { try bytes.withUnsafeBytes($1) }
    }
    #expect(
      error == .badTensor(path: path, tensor: "w", reason: "2 bytes were expected, \(bytes.count) were written"))
    #expect(try contents(of: path) == before)
    #expect(folder.names == ["a"])
  }

  @Test func aMapOutlivesTheFileItReplaces() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a")
    try SafetensorsWriter.write(to: path, tensors: sample())
    let tensor = try #require(try SafetensorsFile(path)["flags"])
    // The new file is made from views into the old one.
    try SafetensorsWriter.write(to: path, tensors: [tensor.renamed("renamed")])
    #expect(tensor.doubleValues == [1, 0, 1])
    #expect(try SafetensorsFile(path).names == ["renamed"])
  }

  @Test func refusesNamesTwice() throws {
    let folder = try TemporaryFolder()
    let layout = TensorLayout(name: "w", elementType: .uint8, shape: [0])
    for layouts in [[layout, layout], [TensorLayout(name: "__metadata__", elementType: .uint8, shape: [0])]] {
      #expect(throws: SerializationError.self) {
        try SafetensorsWriter.write(to: folder.file("a"), tensors: layouts) { _, _ in }
      }
    }
    #expect(folder.names == [])
  }

  @Test func readsTheFileOfThePythonPackage() throws {
    let file = try SafetensorsFile(fixture("kinds.safetensors"))
    #expect(file.metadata == ["format": "pt", "note": "café \"quoted\""])
    #expect(file.tensors.count == Kinds.values.count)
    for expected in Kinds.values {
      let tensor = try #require(file[expected.name])
      #expect(tensor.elementType.rawValue == expected.type)
      #expect(tensor.shape == expected.shape)
      #expect(tensor.doubleValues == expected.values)
    }
  }

  @Test(arguments: [
    (#"[]"#, 0, "its header is not a JSON object"),
    (#"{"w":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}"#, 1, "element type F8_E4M3 is not supported"),
    (
      #"{"w":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}"#, 1,
      "shape [2] of uint8 needs 2 bytes, but its data has 1"
    ),
    (
      #"{"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2,
      "begins at byte 1 of the data, expected 0: it leaves a hole"
    ),
    (
      #"{"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"v":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2,
      "it overlaps"
    ),
    (#"{"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, 1, "the file is cut off"),
    (
      #"{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 3,
      "its tensors need 1 bytes of data, but the file holds 3"
    ),
    (#"{"w":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}"#, 1, "must be a list of integers from 0"),
    (#"{"w":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}}"#, 1, "'data_offsets' must be"),
    (#"{"w":{"dtype":"F64","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0, "is too large"),
    (#"{"w":{"dtype":"F64","shape":[4611686018427387904,4,0],"data_offsets":[0,0]}}"#, 0, "is too large"),
    (
      #"{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1,
      "the name 'w' stands twice"
    ),
    (#"{"__metadata__":{"a":1}}"#, 0, "__metadata__ 'a' must be text, not an integer"),
    (#"{"w":7}"#, 0, "its entry must be an object"),
    (#"{"w":{"shape":[1],"data_offsets":[0,1]}}"#, 1, "its entry has no text 'dtype'"),
  ])
  func namesWhatIsWrong(header: String, dataCount: Int, message: String) throws {
    let folder = try TemporaryFolder()
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    let path = try folder.write(length + Array(header.utf8) + [UInt8](repeating: 0, count: dataCount), to: "bad")
    let error = #expect(throws: SerializationError.self) { try SafetensorsFile(path) }
    let text = try #require(error).description
    #expect(text.hasPrefix(path + ": "))
    #expect(text.contains(message), "\(text)")
  }

  @Test func refusesImpossibleHeaders() throws {
    let folder = try TemporaryFolder()
    for bytes: [UInt8] in [[], [1, 2, 3], [255, 255, 255, 255, 255, 255, 255, 255], [9, 0, 0, 0, 0, 0, 0, 0, 0x7B]] {
      let path = try folder.write(bytes, to: "bad")
      #expect(throws: SerializationError.self) { try SafetensorsFile(path) }
    }
    #expect(throws: SerializationError.cannotRead(path: folder.path, reason: "it is a folder, not a regular file")) {
      try SafetensorsFile(folder.path)
    }
  }

  /// Any damage is an error or harmless; it never traps.
  @Test func survivesDamage() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let folder = try TemporaryFolder()
    let original = try contents(of: fixture("kinds.safetensors"))
    var refused = 0
    for _ in 0..<400 {
      let path = try folder.write(damaged(original, using: &generator), to: "damaged")
      do {
        for tensor in try SafetensorsFile(path).tensors { _ = tensor.doubleValues }
      } catch is SerializationError { refused += 1 }
    }
    #expect(refused > 100, "seed \(seed)")
  }
}

/// A copy of the bytes, cut off somewhere or with a few of them changed.
func damaged(_ original: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
  var bytes = original
  if Bool.random(using: &generator) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator)) }
  for _ in 0..<Int.random(in: 0...4, using: &generator) where !bytes.isEmpty {
    // Half of the changes hit the first part, where the structure is.
    let reach = Bool.random(using: &generator) ? bytes.count : max(1, bytes.count / 4)
    bytes[Int.random(in: 0..<reach, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
  }
  return bytes
}
