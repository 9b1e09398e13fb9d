import Foundation

/// Where and with what a run was made; `environment.json`.
public struct RunEnvironment: Codable, Sendable, Equatable {
  /// The version of this package.
  public var packageVersion: String
  /// The commit of the sources, if it is known.
  public var commit: String?
  /// The version of LibTorch.
  public var engineVersion: String
  /// The device: `cpu`, `cuda:0`.
  public var device: String
  /// The name of the device, if it is not the processor.
  public var deviceName: String?
  /// Intra-op threads; another number may change the last bits of results.
  public var threads: Int
  /// The precision of the step: `float32`, `bfloat16`.
  public var precision: String
  /// Other choices for the device, such as the memory format, in a fixed order.
  public var computing: [String]?
  /// The name of the processor.
  public var processor: String
  /// Name and version of the operating system.
  public var operatingSystem: String
  /// The version of the Swift compiler that built the program, up to its minor number.
  public var swiftVersion: String
  /// The arguments of the command, the name of the program first.
  public var commandLine: [String]
  /// When the run started, ISO 8601 in universal time.
  public var startTime: String
  /// The seed of all random choices.
  public var seed: Int

  /// Describes the environment of this process; processor, operating system and compiler are found out.
  public init(
    packageVersion: String, commit: String? = nil, engineVersion: String, device: String, deviceName: String? = nil,
    threads: Int, precision: String, computing: [String]? = nil, seed: Int,
    commandLine: [String] = CommandLine.arguments, startTime: Date = Date()
  ) {
    self.packageVersion = packageVersion
    self.commit = commit
    self.engineVersion = engineVersion
    self.device = device
    self.deviceName = deviceName
    self.threads = threads
    self.precision = precision
    self.computing = computing
    self.seed = seed
    self.commandLine = commandLine
    self.startTime = startTime.formatted(.iso8601)
    processor = Self.currentProcessor
    operatingSystem = Self.currentOperatingSystem
    swiftVersion = Self.currentSwiftVersion
  }

  /// The name of the processor of this machine, or its architecture.
  public static var currentProcessor: String {
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    return field("model name", in: information, separator: ":") ?? architecture
  }

  /// Name and version of this machine's operating system.
  public static var currentOperatingSystem: String {
    let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    return field("PRETTY_NAME", in: release, separator: "=")
      ?? ProcessInfo.processInfo.operatingSystemVersionString
  }

  private static func field(_ name: String, in text: String, separator: Character) -> String? {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: separator, maxSplits: 1)
      guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name else { continue }
      return parts[1].trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
    }
    return nil
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86-64"
    #elseif arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }

  /// The language has no way to ask, only to compare.
  private static var currentSwiftVersion: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #elseif compiler(>=6.1)
      "6.1"
    #else
      "6.0"
    #endif
  }
}
