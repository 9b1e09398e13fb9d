import Foundation
import LongtailTestSupport
import Testing

@Suite struct GoldenTests {
  /// Every case of every book: those beside this file, or those in the folder that LONGTAIL_GOLDEN_DIR names.
  ///
  /// LONGTAIL_GOLDEN_SUMMARY names a file to which the closing line is added.
  @Test func everyCase() throws {
    let environment = ProcessInfo.processInfo.environment
    let bundled = Bundle.module.bundleURL.appending(path: "Books", directoryHint: .isDirectory)
    let folder = environment["LONGTAIL_GOLDEN_DIR"].map { URL(filePath: $0, directoryHint: .isDirectory) } ?? bundled
    let report = GoldenRunner(goldenOperations).run(folder: folder)
    for failure in report.failures { Issue.record("\(failure)") }
    #expect(report.caseCount == report.countedCases && report.caseCount > 0)
    print(report.summary)
    if let summary = environment["LONGTAIL_GOLDEN_SUMMARY"] {
      try append(report.summary + "\n", to: URL(filePath: summary))
    }
  }

  private func append(_ text: String, to file: URL) throws {
    if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
    let handle = try FileHandle(forWritingTo: file)
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
  }
}
