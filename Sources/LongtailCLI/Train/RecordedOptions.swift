import ArgumentParser
import Longtail
import Serialization

/// Options given for a run that exists already: it is resumed as it was started, so each must equal the run's own.
struct RecordedOptions {
  /// The folder of the run.
  let path: String
  /// Advice for an option that differs.
  let remedy: String

  /// Refuses another device, precision or evaluation interval than the run's.
  func checkComputing(
    _ compute: ComputeOptions, _ execution: ExecutionOptions, evaluateEvery: Int?, _ options: RunOptions
  ) throws {
    let recorded = options.compute
    try same("--device", compute.givenDevice, recorded.device)
    try same("--precision", compute.givenPrecision, recorded.precision)
    try same("--threads", compute.givenThreads, recorded.threads)
    try same("--cuda-graphs", execution.cudaGraphs ? true : nil, recorded.cudaGraphs)
    try same("--steps-per-replay", execution.givenStepsPerReplay, recorded.stepsPerReplay)
    try same("--kernels", execution.givenKernels, recorded.kernels)
    try same("--tensor-float32", execution.tensorFloat32 ? true : nil, recorded.allowsTF32)
    try same("--deterministic", execution.deterministic ? true : nil, recorded.isDeterministic)
    try same("--evaluate-every", evaluateEvery, options.evaluationInterval)
  }

  /// Refuses a value that is given and is not the recorded one.
  func same<Value: Equatable>(_ option: String, _ given: Value?, _ recorded: Value?) throws {
    guard let given, given != recorded else { return }
    throw difference(option, Self.text(given), recorded.map(Self.text) ?? "none")
  }

  /// The error for an option that differs.
  func difference(_ option: String, _ given: String, _ recorded: String) -> ValidationError {
    ValidationError(
      "\(option) is \(given), but the run in \(path) has \(recorded.isEmpty ? "none" : recorded), and is resumed as it was started. "
        + remedy)
  }

  private static func text(_ value: Any) -> String {
    switch value {
    case let storage as ImageStorage.Location: storage.rawValue
    case let kind as ObjectiveKind: kind.rawValue
    case let files as [String: String]:
      files.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    case is DataReading: "given"
    default: SettingChecks.text(of: value)
    }
  }
}
