import Longtail

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
  /// The most frequent operations, per step.
  let frequent: [Operation]
  /// Kernels and copies that the device ran, per step.
  let kernels: Double
  /// The time in which the device worked, per step; absent on a processor.
  let deviceMilliseconds: Double?
  /// The share of time in which the device did nothing; absent on a processor.
  let idleShare: Double?

  /// An operation and how often it comes.
  struct Operation: Encodable {
    let name: String
    let count: Double
  }

  init(_ profile: ExecutionProfile, steps: Int) {
    self.steps = steps
    let perStep = { (count: Int) in Double(count) / Double(steps) }
    let operators = profile.outermostOperators
    synchronizations = profile.synchronizationCount
    launches = perStep(profile.launchCount)
    graphLaunches = perStep(profile.graphLaunchCount)
    operations = perStep(operators.values.reduce(0, +))
    frequent = operators.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(40).map {
      Operation(name: $0.key, count: perStep($0.value))
    }
    kernels = perStep(profile.events.count { $0.kind == .device })
    let hasDevice = profile.idleShare != nil
    deviceMilliseconds = hasDevice ? Double(profile.busyNanoseconds) / 1e6 / Double(steps) : nil
    idleShare = profile.idleShare
  }

  var description: String {
    var lines = [
      "\(operations.text(1)) operations a step: "
        + frequent.prefix(12).map { "\($0.name) \($0.count.text(1))" }.joined(separator: ", ")
    ]
    if let deviceMilliseconds, let idleShare {
      lines.append(
        "\(launches.text(1)) launches and \(graphLaunches.text(2)) graphs a step, \(kernels.text(1)) kernels, "
          + "\(deviceMilliseconds.text(3)) ms of device work, idle \((idleShare * 100).text(1)) %")
      lines.append("\(synchronizations) synchronisations in \(steps) steps")
    }
    return lines.joined(separator: "\n")
  }
}
