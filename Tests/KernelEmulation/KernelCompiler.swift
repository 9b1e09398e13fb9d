import CKernelEmulation
import Foundation
import Torch

/// Compiles the kernels as the side library does.
public struct KernelCompiler: Sendable {
  /// NVRTC's file.
  public let library: String
  /// The folder of the kernels.
  private let folder: URL

  /// Nil where NVRTC is neither named by `LONGTAIL_NVRTC` nor installed beside the engine.
  public init?(package: URL) {
    guard let library = Self.candidates().first(where: FileManager.default.fileExists) else { return nil }
    self.init(library: library, package: package)
  }

  /// Names NVRTC's file.
  public init(library: String, package: URL) {
    self.library = library
    folder = package.appending(path: "Native/CLibTorchCUDA/kernels")
  }

  /// What a source became.
  public enum Outcome {
    /// A program of so many bytes for an architecture.
    case program(bytes: Int, architecture: String)
    /// The compiler's complaint.
    case failure(String)
  }

  /// Compiles a source of the folder, or another text in its place, for a capability such as `90` or an architecture such as `sm_90a`.
  public func compile(_ source: String, text: String? = nil, for architecture: String) throws -> Outcome {
    let text = try text ?? String(contentsOf: folder.appending(path: source), encoding: .utf8)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".cuh") }
    let headers = try names.map { try String(contentsOf: folder.appending(path: $0), encoding: .utf8) }
    var log = [CChar](repeating: 0, count: 20_000)
    let bytes = withCStrings(names) { names in
      withCStrings(headers) { headers in
        cke_compile(library, source, text, names, headers, Int32(names.count), architecture, &log, Int32(log.count))
      }
    }
    let said = String(decoding: log.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return bytes > 0 ? .program(bytes: Int(bytes), architecture: said) : .failure(said)
  }

  private static func candidates() -> [String] {
    let environment = ProcessInfo.processInfo.environment["LONGTAIL_NVRTC"].map { [$0] } ?? []
    let engine = URL(filePath: Engine.libraryFolder).resolvingSymlinksInPath().deletingLastPathComponent()
    return environment
      + ["nvidia/cu13/lib/libnvrtc.so.13"].map { engine.deletingLastPathComponent().appending(path: $0).path }
  }

  private func withCStrings<Result>(_ texts: [String], _ body: ([UnsafePointer<CChar>?]) -> Result) -> Result {
    let copies = texts.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies.map { UnsafePointer($0) })
  }
}
