import Foundation

/// What a run of the tool left behind.
struct ToolResult {
  /// What came on standard output.
  var output: String
  /// What came on standard error.
  var errors: String
  /// The exit code.
  var status: Int32
}

/// The built tool, run as a user would run it: own process, no terminal, a fixed width.
enum Tool {
  /// Runs the tool.
  ///
  /// - Parameters:
  ///   - arguments: what stands after `longtail`.
  ///   - folder: where it runs; by default the system's folder for temporary files.
  ///   - environment: variables beside those of the tests.
  /// - Throws: `ToolMissing` if it has not been built.
  static func run(
    _ arguments: [String], in folder: URL? = nil, environment: [String: String] = [:]
  ) throws -> ToolResult {
    try run(try executable(), arguments, in: folder, environment: environment)
  }

  /// Runs a script of a POSIX shell in which `"$LONGTAIL"` is the tool: for redirections, pipes and limits.
  static func shell(_ script: String, in folder: URL? = nil) throws -> ToolResult {
    let tool = try executable().path
    return try run(
      URL(fileURLWithPath: "/bin/sh"), ["-c", script], in: folder, environment: ["LONGTAIL": tool])
  }

  private static func run(
    _ executable: URL, _ arguments: [String], in folder: URL?, environment: [String: String]
  ) throws -> ToolResult {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder ?? FileManager.default.temporaryDirectory
    let own = ["COLUMNS": "100", "TERM": "dumb", "LC_ALL": "C"]
    process.environment = ProcessInfo.processInfo.environment.merging(own) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files rather than pipes: a full pipe would stop the tool while the other one is read.
    let (output, errors) = (try TemporaryFile(), try TemporaryFile())
    process.standardOutput = output.handle
    process.standardError = errors.handle
    try process.run()
    process.waitUntilExit()
    // A process that a signal ended has no exit code of its own; shells add 128.
    let status = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
    return ToolResult(output: try output.text(), errors: try errors.text(), status: status)
  }

  /// The tool beside the tests, as both are built into one folder.
  static func executable() throws -> URL {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let beside = [URL(fileURLWithPath: CommandLine.arguments[0]), Bundle.main.bundleURL]
      .flatMap { [$0, $0.deletingLastPathComponent()] }
    let folders = beside + ["release", "debug"].map { package.appending(path: ".build/\($0)") }
    let candidates = folders.map { $0.appending(path: "longtail") }
    for candidate in candidates {
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue,
        FileManager.default.isExecutableFile(atPath: candidate.path)
      else { continue }
      return candidate
    }
    throw ToolMissing(searched: folders.map(\.path))
  }
}

/// The tool has not been built.
struct ToolMissing: Error, CustomStringConvertible {
  let searched: [String]

  var description: String {
    "the tool is in none of \(searched.joined(separator: ", ")); build it first: swift build --product longtail"
  }
}

/// A file for a process to write to.
private final class TemporaryFile {
  let handle: FileHandle
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "longtail-test-\(UUID().uuidString).txt")
    try Data().write(to: url)
    handle = try FileHandle(forWritingTo: url)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func text() throws -> String {
    try handle.close()
    return String(decoding: try Data(contentsOf: url), as: UTF8.self)
  }
}
