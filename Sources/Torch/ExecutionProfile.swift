import CLibTorch

/// A profile of a piece of code by LibTorch's profiler: operators, calls of the CUDA driver, and GPU kernels and
/// copies.
public struct ExecutionProfile: Sendable {
  /// The kind of an event.
  public enum Kind: Int32, Sendable {
    /// An operator on a CPU thread; it includes the operators that it calls.
    case `operator` = 0
    /// A call of the CUDA driver.
    case driver = 1
    /// A kernel or copy on the GPU.
    case device = 2
  }

  /// A profiled event.
  public struct Event: Sendable {
    /// The name, such as `aten::add_` or `cudaGraphLaunch`.
    public let name: String
    /// The kind.
    public let kind: Kind
    /// The start in nanoseconds since an arbitrary time.
    public let start: Int
    /// The duration in nanoseconds.
    public let duration: Int
    /// The thread of an event on the CPU.
    public let thread: UInt64
  }

  /// All events by start time.
  public let events: [Event]

  /// Profiles `body`; on a GPU the device is synchronised before and after.
  public static func of(_ device: Device, _ body: () throws -> Void) throws -> ExecutionProfile {
    Engine.start()
    try device.synchronize()
    try Engine.check(ct_profile_begin(device.kind == .cuda), "begin of a profile")
    let outcome = Result {
      try body()
      try device.synchronize()
    }
    guard let profile = ct_profile_end() else {
      throw TorchError.operation(name: "end of a profile", arguments: "", reason: Engine.lastError)
    }
    defer { ct_profile_release(profile) }
    try outcome.get()
    return ExecutionProfile(try (0..<ct_profile_count(profile)).map { try event($0, of: profile) })
  }

  /// Makes a profile of events.
  public init(_ events: [Event]) { self.events = events.sorted { $0.start < $1.start } }

  /// The calls of an operator.
  public struct Use: Sendable, Equatable {
    /// The number of calls.
    public var count = 0
    /// The total time of the calls on the CPU in nanoseconds; GPU kernels run later.
    public var duration = 0
  }

  /// The calls of operators that were not called by another operator, by name.
  public var outermostOperators: [String: Use] {
    var uses: [String: Use] = [:]
    var ends: [UInt64: Int] = [:]
    for event in events where event.kind == .operator {
      guard event.start >= ends[event.thread, default: Int.min] else { continue }
      // A backward function encloses the operators that it calls.
      guard event.name.hasPrefix("aten::") || event.name.contains("::") && !event.name.contains(" ") else { continue }
      guard !event.name.hasPrefix("autograd::") && !event.name.hasPrefix("torch::autograd") else { continue }
      uses[event.name, default: Use()].count += 1
      uses[event.name, default: Use()].duration += event.duration
      ends[event.thread] = event.start + event.duration
    }
    return uses
  }

  /// The number of driver calls that launch a single kernel, copy or fill.
  public var launchCount: Int {
    count(of: .driver) { $0.contains("LaunchKernel") || $0.contains("MemcpyAsync") || $0.contains("MemsetAsync") }
  }

  /// The number of CUDA graph launches.
  public var graphLaunchCount: Int { count(of: .driver) { $0.contains("GraphLaunch") } }

  /// The number of driver calls that block the host, without the synchronisation at the end of the profile.
  public var synchronizationCount: Int {
    let waits = count(of: .driver) {
      $0.contains("StreamSynchronize") || $0.contains("EventSynchronize") || $0.contains("DeviceSynchronize")
        || $0 == "cudaMemcpy"
    }
    return events.contains { $0.kind == .device } ? max(0, waits - 1) : waits
  }

  /// The time in which the GPU was busy, in nanoseconds; concurrent work counts once.
  public var busyNanoseconds: Int {
    var busy = 0
    var end = Int.min
    for event in events where event.kind == .device {
      let from = max(event.start, end)
      let to = event.start + event.duration
      if to > from { busy += to - from }
      end = max(end, to)
    }
    return busy
  }

  /// The time from the start of the GPU's first event to the end of its last, in nanoseconds.
  public var spanNanoseconds: Int {
    let work = events.filter { $0.kind == .device }
    guard let first = work.map(\.start).min(), let last = work.map({ $0.start + $0.duration }).max() else { return 0 }
    return last - first
  }

  /// The share of `spanNanoseconds` in which the GPU was idle; nil without GPU events.
  public var idleShare: Double? {
    spanNanoseconds > 0 ? 1 - Double(busyNanoseconds) / Double(spanNanoseconds) : nil
  }

  private func count(of kind: Kind, where holds: (String) -> Bool) -> Int {
    events.reduce(0) { $0 + ($1.kind == kind && holds($1.name) ? 1 : 0) }
  }

  private static func event(_ index: Int64, of profile: CTProfile) throws -> Event {
    var value = CTProfileEvent()
    try Engine.check(ct_profile_event(profile, index, &value), "event of a profile")
    let name = withUnsafeBytes(of: value.name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return Event(
      name: name, kind: Kind(rawValue: value.kind) ?? .operator, start: Int(value.start_nanoseconds),
      duration: Int(value.duration_nanoseconds), thread: value.thread)
  }
}
