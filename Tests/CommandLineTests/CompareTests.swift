import Foundation
import LongtailTestSupport
import Testing

/// Several recipes over several seeds, through the tool alone.
@Suite struct CompareTests {
  @Test func trainsWhatIsMissingAndCompares() throws {
    try withTemporaryFolder { folder in
      let data = folder.appending(path: "photos")
      try Fixture.classFolders(["cat": 12, "lynx": 6, "ocelot": 4], at: data)
      func compare(_ recipes: [String], seeds: String, _ more: [String] = []) throws -> ToolResult {
        try Tool.run(
          ["compare"] + recipes
            + [
              "--data", data.path, "--hold-out", "0.25", "--out", "both", "--seeds", seeds,
              "--set", "training.length='1 steps'", "--set", "training.batchSize=8", "--set", "training.warmupEpochs=0",
              "--set", "model.inputSize=32", "--set", "model.backbone=resnet20",
            ] + more, in: folder)
      }
      let first = try compare(["cross-entropy/own"], seeds: "3", ["--quiet"])
      #expect(first.status == 0, "\(first.errors)")
      let second = try compare(["cross-entropy/own", "balanced-softmax/own"], seeds: "3,4", ["--format", "csv"])
      #expect(second.status == 0, "\(second.errors)")
      #expect(second.errors.contains("both/cross-entropy-own/seed-3: finished already"))
      let lines = second.output.split(separator: "\n")
      #expect(lines[0].hasSuffix("pairs,paired_difference,confidence_half_width"))
      #expect(lines.contains { $0.hasPrefix("balanced-softmax/own,last,3 4,accuracy,2,") })
      let third = try compare(["cross-entropy/own", "balanced-softmax/own"], seeds: "3,4", ["--format", "latex"])
      #expect(third.output.hasPrefix("\\begin{tabular}"), "\(third.errors)")
      let other = try compare(["cross-entropy/own"], seeds: "3", ["--set", "training.learningRate=0.5"])
      #expect(other.status != 0 && other.errors.contains("other data or settings"))
      let misfit = try compare(["cross-entropy/own", "ssd/own"], seeds: "7", ["--objective", "balanced-softmax"])
      #expect(misfit.status != 0 && misfit.errors.contains("stage 'features'"), "\(misfit.errors)")
      // Nothing was trained before that was told.
      #expect(
        !FileManager.default.fileExists(atPath: folder.appending(path: "both/cross-entropy-own/seed-7").path))
      let parts = try Tool.run(
        [
          "train", "cross-entropy/own", "--data", data.path, "--hold-out", "0.25", "--objective", "ldam", "--quiet",
          "--set", "model.inputSize=32", "--out", "none",
        ], in: folder)
      #expect(parts.status != 0 && parts.errors.contains("--head cosine"), "\(parts.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "none").path))
    }
  }
}
