import Foundation
import KernelEmulation
import Testing
import Torch

/// The kernels under the compiler that makes them on a GPU. It needs no GPU, only NVRTC, which comes with the engine
/// for GPUs.
@Suite struct KernelCompilationTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let compiler = KernelCompiler(package: package)
  private static let reason: Comment =
    "NVRTC is not installed beside the engine; name its file in LONGTAIL_NVRTC"

  @Test(.enabled(if: compiler != nil, reason), arguments: FusedKernel.allCases, ["sm_90a", "sm_80", "sm_120"])
  func kernelsCompile(kernel: FusedKernel, architecture: String) throws {
    let outcome = try Self.compiler?.compile(kernel.source, for: architecture)
    guard case .program(let bytes, _) = outcome else {
      Issue.record("\(String(describing: outcome))")
      return
    }
    #expect(bytes > 1000)
  }

  /// A device that the compiler does not know yet gets a program that its driver translates.
  @Test(.enabled(if: compiler != nil, reason))
  func newerDevicesGetAnOlderProgram() throws {
    guard case .program(_, let known) = try Self.compiler?.compile("random.cu", for: "90"),
      case .program(_, let newer) = try Self.compiler?.compile("random.cu", for: "999")
    else {
      Issue.record("nothing was compiled")
      return
    }
    #expect(known == "sm_90")
    #expect(newer.hasPrefix("compute_"))
  }

  @Test(.enabled(if: compiler != nil, reason))
  func mistakesAreShown() throws {
    guard
      case .failure(let text) = try Self.compiler?.compile(
        "wrong.cu", text: "__global__ void f() { nonsense; }", for: "90")
    else {
      Issue.record("it compiled")
      return
    }
    #expect(text.contains("wrong.cu"), "\(text)")
    #expect(text.contains("nonsense"), "\(text)")
  }

  @Test func aMissingCompilerIsNamed() throws {
    guard
      case .failure(let text) = try KernelCompiler(library: "/nowhere/libnvrtc.so", package: Self.package)
        .compile("random.cu", for: "90")
    else {
      Issue.record("it compiled")
      return
    }
    #expect(text.contains("/nowhere/libnvrtc.so"), "\(text)")
  }
}
