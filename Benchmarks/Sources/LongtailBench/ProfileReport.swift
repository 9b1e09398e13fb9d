import Longtail
import Serialization

/// What a step asks of the host and of the device.
struct ProfileReport: Encodable, CustomStringConvertible {
  /// Steps that were watched.
  let steps: Int
  /// Calls in which the host waited for the device, in all steps together.
  let synchronizations: Int
  /// Single kernels, copies and fills that the host started, per step.
  let launches: Double
  /// Recorded graphs that the host started, per step.
  let graphLaunches: Double
  /// The engine's operations, per step.
  let operations: Double
  /// The operations that take longest on the processor, per step.
  let slowest: [Operation]
  /// Kernels and copies that the device ran, per step.
  let kernels: Double
  /// The time in which the device worked, per step; absent on a processor.
  let deviceMilliseconds: Double?
  /// The share of time in which the device did nothing; absent on a processor.
  let idleShare: Double?

  /// An operation, how often it comes, and how long that takes on the processor.
  struct Operation: Encodable {
    let name: String
    let count: Double
    let milliseconds: Double
  }

  init(_ profile: ExecutionProfile, steps: Int) {
    self.steps = steps
    let perStep = { (count: Int) in Double(count) / Double(steps) }
    let operators = profile.outermostOperators
    synchronizations = profile.synchronizationCount
    launches = perStep(profile.launchCount)
    graphLaunches = perStep(profile.graphLaunchCount)
    operations = perStep(operators.values.reduce(0) { $0 + $1.count })
    slowest = operators.sorted { ($0.value.duration, $1.key) > ($1.value.duration, $0.key) }.prefix(60).map {
      Operation(name: $0.key, count: perStep($0.value.count), milliseconds: perStep($0.value.duration) / 1e6)
    }
    kernels = perStep(profile.events.count { $0.kind == .device })
    let hasDevice = profile.idleShare != nil
    deviceMilliseconds = hasDevice ? Double(profile.busyNanoseconds) / 1e6 / Double(steps) : nil
    idleShare = profile.idleShare
  }

  var description: String {
    var table = TextTable([
      .init("operation", .left), .init("a step", .right), .init("ms on the processor", .right),
    ])
    for operation in slowest.prefix(12) {
      table.append([operation.name, operation.count.text(1), operation.milliseconds.text(2)])
    }
    var lines = [table.plainText, "\(operations.text(1)) operations a step"]
    if let deviceMilliseconds, let idleShare {
      lines.append(
        "\(launches.text(1)) launches and \(graphLaunches.text(2)) graphs a step, \(kernels.text(1)) kernels, "
          + "\(deviceMilliseconds.text(3)) ms of device work, idle \((idleShare * 100).text(1)) %")
      lines.append("\(synchronizations) synchronisations in \(steps) steps")
    }
    return lines.joined(separator: "\n")
  }
}
