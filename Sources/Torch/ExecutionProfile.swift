import CLibTorch

/// What the engine did while a piece of code ran: its operators, the calls into the GPU's driver, and the GPU's own work.
public struct ExecutionProfile: Sendable {
  /// Who did something.
  public enum Kind: Int32, Sendable {
    /// An operator of the engine, on a thread of the processor; it contains those that it calls.
    case `operator` = 0
    /// A call into the GPU's driver.
    case driver = 1
    /// The GPU: a kernel or a copy.
    case device = 2
  }

  /// Something that was done.
  public struct Event: Sendable {
    /// Its name, such as `aten::add_` or `cudaGraphLaunch`.
    public let name: String
    /// Who did it.
    public let kind: Kind
    /// When it began, in nanoseconds of a clock of the profile's own.
    public let start: Int
    /// How long it took, in nanoseconds.
    public let duration: Int
    /// The thread, for what was done on the processor.
    public let thread: UInt64
  }

  /// All events in the order of their initializations.
  public let events: [Event]

  /// Runs `body` and notes what the engine does for it; on a GPU it waits for the work before and after.
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

  /// How often an operator was called, and how long that took on the processor, in nanoseconds.
  public struct Use: Sendable, Equatable {
    /// Calls.
    public var count = 0
    /// The time from their initializations to their ends; on a GPU the work itself goes on later.
    public var duration = 0
  }

  /// Operators that no other operator called, with their calls.
  public var outermostOperators: [String: Use] {
    var uses: [String: Use] = [:]
    var ends: [UInt64: Int] = [:]
    for event in events where event.kind == .operator {
      guard event.start >= ends[event.thread, default: Int.min] else { continue }
      // A backward function stands around the operators that it is made of.
      guard event.name.hasPrefix("aten::") || event.name.contains("::") && !event.name.contains(" ") else { continue }
      guard !event.name.hasPrefix("autograd::") && !event.name.hasPrefix("torch::autograd") else { continue }
      uses[event.name, default: Use()].count += 1
      uses[event.name, default: Use()].duration += event.duration
      ends[event.thread] = event.start + event.duration
    }
    return uses
  }

  /// Calls into the driver that start work of the GPU, each alone.
  public var launchCount: Int {
    count(of: .driver) { $0.contains("LaunchKernel") || $0.contains("MemcpyAsync") || $0.contains("MemsetAsync") }
  }

  /// Recorded graphs that were started.
  public var graphLaunchCount: Int { count(of: .driver) { $0.contains("GraphLaunch") } }

  /// Calls into the driver that let the host wait. The wait at the end of the profile itself is not among them.
  public var synchronizationCount: Int {
    let waits = count(of: .driver) {
      $0.contains("StreamSynchronize") || $0.contains("EventSynchronize") || $0.contains("DeviceSynchronize")
        || $0 == "cudaMemcpy"
    }
    return events.contains { $0.kind == .device } ? max(0, waits - 1) : waits
  }

  /// The time in which the GPU worked, in nanoseconds; work at the same time counts once.
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

  /// The time from the GPU's first work to the end of its last, in nanoseconds.
  public var spanNanoseconds: Int {
    let work = events.filter { $0.kind == .device }
    guard let first = work.map(\.start).min(), let last = work.map({ $0.start + $0.duration }).max() else { return 0 }
    return last - first
  }

  /// The share of that time in which the GPU did nothing, or nil without any work.
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
