import Foundation
import Longtail

/// The result of `doctor`.
struct Diagnosis: Encodable {
  let version: String
  let swiftVersion: String
  let operatingSystem: String
  /// The version of LibTorch that the program was compiled against.
  let engineCompiledVersion: String
  /// The version of the libraries that were loaded, if they say it.
  let engineInstalledVersion: String?
  /// The folder of LibTorch, with `include` and `lib`.
  let engineFolder: String
  /// The line another package's build needs.
  let exportLine: String
  let devices: [String]
  /// Why no GPU is used; nil if one is.
  let cudaState: String?
  /// Why training steps cannot be captured as CUDA graphs; nil if they can, and without a GPU.
  let captureProblem: String?
  let processor: String
  /// The instruction set that the engine uses.
  let processorCapability: String
  /// Whether the processor multiplies bfloat16 itself.
  let multipliesBFloat16: Bool
  let threads: Int
  let cores: Int
  let decodedFormats: [String]
  let machine: Machine
  var warnings: [String] = []
  var problems: [String] = []

  /// Looks at the machine.
  static func make() -> Diagnosis {
    var diagnosis = Diagnosis(machine: Machine())
    diagnosis.findProblems()
    diagnosis.findWarnings()
    return diagnosis
  }

  private init(machine: Machine) {
    let host = RunEnvironment(
      packageVersion: PackageVersion.text, engineVersion: "", device: "cpu", threads: 0, precision: "", seed: 0)
    version = PackageVersion.text
    swiftVersion = host.swiftVersion
    operatingSystem = host.operatingSystem
    processor = host.processor
    engineCompiledVersion = Engine.compiledVersion
    engineInstalledVersion = Engine.installedVersion
    let libraries = URL(fileURLWithPath: Engine.libraryFolder).resolvingSymlinksInPath()
    engineFolder = libraries.deletingLastPathComponent().path
    exportLine = "export LIBTORCH=" + Self.shellText(engineFolder)
    devices =
      ["cpu"]
      + (0..<Engine.cudaDeviceCount).map { number in
        let device = Device.cuda(number)
        return "\(device)" + (device.hardwareName.map { " (\($0))" } ?? "")
      }
    captureProblem = Engine.cudaDeviceCount > 0 ? Engine.captureProblem : nil
    let reason = Engine.cudaLoadError
    cudaState = Engine.cudaDeviceCount > 0 ? nil : (reason.isEmpty ? "the driver reports no GPU" : reason)
    processorCapability = Engine.processorCapability
    multipliesBFloat16 = ComputeSettings(device: .cpu).precision == .bfloat16
    threads = Engine.threadCount
    cores = ProcessInfo.processInfo.activeProcessorCount
    decodedFormats = CodecTest.decodedFormats
    self.machine = machine
  }

  private static func shellText(_ path: String) -> String {
    path.contains(where: { " '\"$\\`".contains($0) }) ? "'" + path.replacing("'", with: "'\\''") + "'" : path
  }

  // MARK: Findings

  /// What makes work impossible.
  private mutating func findProblems() {
    for (name, check) in [("engine", Engine.verify), ("engine", Self.tryEngine), ("codecs", CodecTest.run)] {
      do { try check() } catch { problems.append("\(name): \(error)") }
    }
  }

  /// A product with a known result, so that a damaged library does not go unseen.
  private static func tryEngine() throws {
    let matrix = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    let product = try matrix.matrixProduct(matrix).floats()
    guard product == [7, 10, 15, 22] else {
      throw TorchError.engine("a product of two matrices gave \(product); run scripts/setup again with an empty cache")
    }
  }

  /// What works, but not as well as it could.
  private mutating func findWarnings() {
    if let cudaState, machine.hasNVIDIADriver {
      warnings.append("there is an NVIDIA driver, but no GPU is used: \(cudaState)")
    }
    if let captureProblem { warnings.append("training steps cannot be captured as CUDA graphs: \(captureProblem)") }
    if processorCapability.uppercased() == "DEFAULT" {
      warnings.append("the engine found neither AVX2 nor AVX512 on this processor; training will be slow")
    }
    if let set = ProcessInfo.processInfo.environment["LIBTORCH"],
      URL(fileURLWithPath: set).resolvingSymlinksInPath().path != engineFolder
    {
      warnings.append("LIBTORCH is \(set), but this program was built with \(engineFolder); build again to change it")
    }
    if threads > cores {
      warnings.append("\(threads) threads on \(cores) cores slow each other down; set OMP_NUM_THREADS=\(cores)")
    }
    if !machine.canWriteHere {
      warnings.append("\(machine.currentFolder) cannot be written to; runs need --out with a folder that can")
    }
    if let free = machine.freeDisk, free < 1 << 30 {
      warnings.append("only \(Machine.size(free)) of disk space are free here; checkpoints may not fit")
    }
    if let free = machine.availableMemory, free < 2 << 30 {
      warnings.append("only \(Machine.size(free)) of memory are free; CIFAR training needs about 2 GiB")
    }
  }

  // MARK: Text

  /// Facts, findings, and the line for other packages.
  var text: String {
    let facts = [
      ("longtail", "\(version), Swift \(swiftVersion), \(operatingSystem)"),
      ("engine", "LibTorch \(engineInstalledVersion ?? "of unknown version"), compiled for \(engineCompiledVersion)"),
      ("engine folder", engineFolder), ("devices", devices.joined(separator: ", ")),
      ("CUDA", cudaState.map { "not used: \($0)" } ?? "in use"), ("processor", "\(processor), \(processorCapability)"),
      (
        "bfloat16",
        multipliesBFloat16 ? "faster here; the default" : "not faster on this processor; float32 is the default"
      ),
      ("threads", "\(threads) per operation, \(cores) cores"), ("codecs", decodedFormats.joined(separator: ", ")),
      ("cache", machine.cacheFolder + (machine.hasCacheFolder ? "" : " (not there)")),
      ("this folder", machine.currentFolder + (machine.canWriteHere ? ", can be written to" : ", READ-ONLY")),
      ("free disk", machine.freeDisk.map(Machine.size) ?? "unknown"),
      (
        "free memory",
        "\(machine.availableMemory.map(Machine.size) ?? "unknown") of \(Machine.size(machine.totalMemory))"
      ),
    ]
    let room = facts.map(\.0.count).max() ?? 0
    var lines = facts.map { $0.0 + String(repeating: " ", count: room - $0.0.count) + "  \($0.1)" }
    lines.append("")
    lines += problems.map { "problem: \($0)" } + warnings.map { "warning: \($0)" }
    if problems.isEmpty { lines.append(warnings.isEmpty ? "all is well" : "usable, with warnings") }
    lines += ["", "to build another package that depends on this one:", "  \(exportLine)"]
    return lines.joined(separator: "\n")
  }
}
