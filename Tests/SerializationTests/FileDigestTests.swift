import Serialization
import Testing

@Suite struct FileDigestTests {
  /// The examples of FIPS 180-2, appendix B, with a million times `a` for the reading in pieces.
  @Test func equalsThePublishedExamples() throws {
    let folder = try TemporaryFolder()
    let short = try folder.write(Array("abc".utf8), to: "short")
    #expect(
      try FileDigest(of: short).hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let long = try folder.write(Array(repeating: UInt8(ascii: "a"), count: 1_000_000), to: "long")
    #expect(
      "\(try FileDigest(of: long))" == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    let empty = try folder.write([], to: "empty")
    #expect(try FileDigest(of: empty) == FileDigest(bytes: []))
    #expect(
      FileDigest(bytes: []).hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test func namesAMissingFile() {
    #expect(throws: SerializationError.cannotRead(path: "/missing", reason: "there is no such file")) {
      try FileDigest(of: "/missing")
    }
  }
}
