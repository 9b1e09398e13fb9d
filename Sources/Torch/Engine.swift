import CLibTorch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// LibTorch, the tensor engine of this process.
///
/// Gradient mode and autocast are states of a thread, so a training step must run on one thread, without suspension.
public enum Engine {
  /// Initialises LibTorch once, before any other call. A version mismatch is reported by `verify()`, not here.
  private static let started: Bool = {
    ct_initialize() == 0
  }()

  /// Initialises LibTorch if that has not been done.
  @inline(__always)
  static func start() { _ = started }

  /// The version against which the program was compiled, such as `2.11.0`.
  public static var compiledVersion: String { String(cString: ct_compiled_version()) }

  /// The folder of the loaded libraries.
  public static var libraryFolder: String {
    let path = String(cString: ct_library_path())
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
  }

  /// The version in `version.py` or `build-version` beside the loaded libraries, if there is one.
  public static var installedVersion: String? {
    for name in ["../version.py", "../build-version"] {
      guard let text = readText(libraryFolder + "/" + name) else { continue }
      for line in text.split(separator: "\n") {
        let value = line.hasPrefix("__version__") ? line.drop { $0 != "'" }.dropFirst().prefix { $0 != "'" } : line
        if value.first?.isNumber == true { return String(value) }
      }
    }
    return nil
  }

  /// Checks that the loaded libraries have the minor version against which the program was compiled.
  /// - Throws: `TorchError.engine` with both versions.
  public static func verify() throws {
    guard started else { throw TorchError.engine("the engine could not be started: \(lastError)") }
    guard let installed = installedVersion else { return }
    let wanted = compiledVersion.split(separator: ".").prefix(2)
    guard installed.split(separator: ".").prefix(2).elementsEqual(wanted) else {
      throw TorchError.engine(
        "this program was built for torch \(compiledVersion), but \(libraryFolder) holds \(installed); "
          + "set LIBTORCH to a torch \(wanted.joined(separator: ".")) folder and build again")
    }
  }

  /// The reason why no GPU can be used, or an empty text.
  public static var cudaLoadError: String {
    start()
    return String(cString: ct_cuda_load_error())
  }

  /// The number of NVIDIA GPUs that can be used.
  public static var cudaDeviceCount: Int {
    start()
    return Int(ct_cuda_device_count())
  }

  /// The reason why CUDA graphs cannot be captured; nil if they can.
  public static var captureProblem: String? {
    do {
      _ = try CUDALibrary.table()
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// The number of threads inside one operation. Results of reductions depend on it, so runs store it.
  public static var threadCount: Int {
    start()
    return Int(ct_threads())
  }

  /// The largest number of threads inside one operation; with more LibTorch's thread pools hang or crash.
  public static let greatestThreadCount = 1024

  /// Sets the number of threads inside one operation.
  public static func setThreadCount(_ count: Int) throws {
    guard count <= greatestThreadCount else {
      throw TorchError.device("\(count) threads inside one operation; the limit is \(greatestThreadCount)")
    }
    start()
    try check(ct_set_threads(Int32(clamping: max(1, count))), "set thread count")
  }

  /// Whether only deterministic GPU algorithms are used; operators without one throw
  /// (`torch.use_deterministic_algorithms`).
  public static func setDeterministic(_ enabled: Bool) throws {
    start()
    try check(ct_set_deterministic(enabled), "set deterministic")
  }

  /// Whether float32 matrix products and convolutions use TF32 on a GPU.
  public static func setTF32(_ enabled: Bool) throws {
    start()
    try check(ct_set_float32_matmul_tf32(enabled), "set TF32")
  }

  /// Whether cuDNN benchmarks its convolution algorithms at the first use of a shape and picks the fastest
  /// (`torch.backends.cudnn.benchmark`).
  public static func setConvolutionTrials(_ enabled: Bool) throws {
    start()
    try check(ct_set_cudnn_benchmark(enabled), "set convolution trials")
  }

  /// The number of live tensor handles. If it grows from step to step, tensors leak.
  public static var liveTensorCount: Int { Int(ct_live_tensors()) }

  /// The bytes currently allocated by LibTorch's CPU allocator.
  public static var allocatedBytes: Int { Int(ct_engine_bytes()) }

  /// The CPU instruction set that LibTorch uses, such as `AVX512`.
  public static var processorCapability: String {
    start()
    return String(cString: ct_cpu_capability())
  }

  static var lastError: String { String(cString: ct_last_error()) }

  static func check(_ status: Int32, _ name: String) throws {
    if status < 0 { throw TorchError.operation(name: name, arguments: "", reason: lastError) }
  }

  private static func readText(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}
