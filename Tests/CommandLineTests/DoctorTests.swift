import Foundation
import LongtailTestSupport
import Testing

@Suite struct DoctorTests {
  private struct Diagnosis: Decodable {
    struct Machine: Decodable {
      var currentFolder: String
      var canWriteHere: Bool
      var cacheFolder: String
      var totalMemory: Int
    }

    var engineFolder: String
    var engineCompiledVersion: String
    var exportLine: String
    var devices: [String]
    var threads: Int
    var decodedFormats: [String]
    var machine: Machine
    var warnings: [String]
    var problems: [String]
  }

  @Test func findsThisInstallationSound() throws {
    try withTemporaryFolder { folder in
      let cache = folder.appending(path: "cache").path
      let result = try Tool.run(["doctor", "--json"], in: folder, environment: ["LONGTAIL_CACHE": cache])
      #expect(result.status == 0)
      let diagnosis = try JSONDecoder().decode(Diagnosis.self, from: Data(result.output.utf8))
      #expect(diagnosis.problems.isEmpty)
      #expect(diagnosis.engineCompiledVersion.hasPrefix("2.11."))
      #expect(diagnosis.devices.first == "cpu")
      #expect(diagnosis.threads > 0)
      #expect(diagnosis.decodedFormats == ["JPEG", "PNG", "GIF", "BMP", "PPM", "WebP"])
      #expect(diagnosis.machine.canWriteHere)
      #expect(diagnosis.machine.cacheFolder == cache)
      #expect(diagnosis.machine.totalMemory > 1 << 28)
      // The folder that the line names is one that the package can be built with.
      #expect(diagnosis.exportLine.hasPrefix("export LIBTORCH="))
      for part in ["include/ATen", "lib"] {
        #expect(FileManager.default.fileExists(atPath: diagnosis.engineFolder + "/" + part))
      }
    }
  }

  @Test func warnsOfAnotherLibTorch() throws {
    try withTemporaryFolder { folder in
      let result = try Tool.run(["doctor"], in: folder, environment: ["LIBTORCH": folder.path])
      #expect(result.status == 0)
      #expect(result.output.contains("warning: LIBTORCH is \(folder.path), but this program was built with"))
      #expect(result.output.contains("usable, with warnings"))
    }
  }

  /// Values differ from machine to machine, the names of the lines do not.
  @Test func printsTheSameLinesEverywhere() throws {
    let result = try Tool.run(["doctor"])
    let names = result.output.split(separator: "\n").prefix(13).map { line in
      line.components(separatedBy: "  ")[0].trimmingCharacters(in: .whitespaces)
    }
    try Snapshot.expect(names.joined(separator: "\n") + "\n", "doctor-lines")
  }
}
