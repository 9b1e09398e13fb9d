import ModelTraining
import Torch

/// Keeps the losses of a run.
final class LossReadings: TrainingObserver {
  private(set) var losses: [Double] = []

  func observe(_ event: TrainingEvent) {
    if case .interval(_, let metrics) = event { losses.append(metrics.loss) }
  }
}

/// Why steps could not be captured.
final class Refusal: @unchecked Sendable {
  /// Written and read on the training thread alone.
  var text: String?
}

/// Ends a run whose steps could not be captured.
final class RefusalWatch: TrainingObserver {
  private let refusal: Refusal
  init(_ refusal: Refusal) { self.refusal = refusal }

  func observe(_ event: TrainingEvent) throws {
    if let text = refusal.text { throw TorchError.operation(name: "capture of steps", arguments: "", reason: text) }
  }
}

/// Counts transfers between host and engine in steps whose shape has come before; on a GPU every hidden synchronisation is an error there.
final class TransferCounter: StepRunner {
  private let device: Device
  private(set) var count = 0
  private var seen: [StepShape: Int] = [:]

  init(_ device: Device) { self.device = device }

  func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws {
    let before = Engine.hostTransferCount
    seen[shape, default: 0] += 1
    guard seen[shape, default: 0] > 3 else { return try body() }
    if device.kind == .cuda { try HiddenSynchronization.fails(during: body) } else { try body() }
    count += Engine.hostTransferCount - before
  }
}
