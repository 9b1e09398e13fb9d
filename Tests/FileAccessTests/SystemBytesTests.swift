import FileAccess
import LongtailTestSupport
import Testing

@Suite struct SystemBytesTests {
  @Test func everyNameKeepsItsBytes() {
    let names: [[UInt8]] = [
      [], Array("plain".utf8), Array("é猫👩‍🔬".utf8), [0xE9], [0x61, 0xE9, 0x62], [0xF0, 0x9F], [0xC0, 0x80], [0xFF, 0xFE],
      [0xED, 0xA0, 0x80], Array("\u{10FEE9}".utf8), Array("\u{10FFFF}".utf8),
    ]
    for name in names {
      let text = String(systemBytes: name)
      #expect(text.systemBytes == name)
      #expect(text.withSystemPath { pointer in (0..<name.count).map { UInt8(bitPattern: pointer[$0]) } } == name)
      #expect(text.withSystemBytes { Array($0) } == name)
    }
  }

  @Test func randomBytesComeBack() {
    withRandomCases(500, name: "names") { generator in
      let name = (0..<Int.random(in: 0...12, using: &generator)).map { _ in
        UInt8.random(in: 0x70...0xFF, using: &generator)
      }
      #expect(String(systemBytes: name).systemBytes == name, "\(CaseContext.note)")
    }
  }

  @Test func foreignBytesAreTold() {
    #expect(!"é".hasForeignBytes)
    #expect(String(systemBytes: [0x63, 0xE9]).hasForeignBytes)
    #expect(String(systemBytes: [0x63, 0xE9]).escapedForDisplay == "c\\xe9")
  }
}
