import ArgumentParser
import Longtail

/// Options beside a run that was begun before and goes on as it was started: each that is given must be what the run has.
struct RecordedOptions {
  /// The folder of the run.
  let path: String
  /// What to do about an option that differs.
  let remedy: String

  /// Refuses a choice of device, arithmetic and measurement that the run does not have.
  func checkComputing(
    _ compute: ComputeOptions, _ device: DeviceOptions, evaluateEvery: Int?, _ launch: RunLaunch
  ) throws {
    try same("--device", compute.givenDevice, launch.device)
    try same("--precision", compute.givenPrecision, launch.precision)
    try same("--threads", compute.givenThreads, launch.threads)
    try same("--capture", device.capture ? true : nil, launch.capturesSteps)
    try same("--steps-per-replay", device.givenStepsPerReplay, launch.stepsPerReplay)
    try same("--kernels", device.givenKernels, launch.kernels)
    try same("--tensor-float32", device.tensorFloat32 ? true : nil, launch.usesTF32)
    try same("--deterministic", device.deterministic ? true : nil, launch.isDeterministic)
    try same("--evaluate-every", evaluateEvery, launch.evaluationInterval)
  }

  /// Refuses a value that is given and is not the recorded one.
  func same<Value: Equatable>(_ option: String, _ given: Value?, _ recorded: Value?) throws {
    guard let given, given != recorded else { return }
    throw difference(option, Self.text(given), recorded.map(Self.text) ?? "none")
  }

  /// The error for an option that differs.
  func difference(_ option: String, _ given: String, _ recorded: String) -> ValidationError {
    ValidationError(
      "\(option) is \(given), but the run in \(path) has \(recorded.isEmpty ? "none" : recorded), and goes on as it was started. "
        + remedy)
  }

  private static func text(_ value: Any) -> String {
    switch value {
    case let place as PictureLoading.Place: place.rawValue
    case let kind as ObjectiveKind: kind.rawValue
    case let files as [String: String]:
      files.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    case is DataReading: "given"
    default: SettingChecks.text(of: value)
    }
  }
}
