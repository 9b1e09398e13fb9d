import Torch

/// The training loop: steps its trainers in turn until each of them has ended.
///
/// One trainer is a list of one. Several run at the same time where their steps are captured as GPU graphs, each on a stream of its own:
/// a small network leaves most of a GPU idle, and another one's kernels run there meanwhile. Without captured steps nothing would be gained,
/// so that one trainer follows the other. No trainer's result depends on the others.
public struct TrainingLoop {
  private let trainers: [Trainer]
  private let stop: StopSignal

  /// Makes a loop.
  ///
  /// - Parameters:
  ///   - trainers: the trainers, all on the same device.
  ///   - stop: the signal that stops all of them; raised when one of several that run at the same time fails, so that the others save and end.
  public init(_ trainers: [Trainer], stop: StopSignal = StopSignal()) {
    self.trainers = trainers
    self.stop = stop
  }

  /// Trains to the end.
  /// - Returns: for each trainer its evaluation on the test set, nil without one, or the error that ended it.
  public func run() -> [Result<Evaluation?, any Error>] {
    do {
      return try withCaptureStreams { streams in
        guard streams.isEmpty else { return stepInTurn(trainers, on: streams) }
        return trainers.flatMap { stepInTurn([$0]) }
      }
    } catch {
      return trainers.map { _ in .failure(error) }
    }
  }

  /// Steps trainers in turn; one that has ended drops out.
  ///
  /// - Parameters:
  ///   - trainers: the trainers.
  ///   - streams: the stream of each; empty for the current one.
  package func stepInTurn(_ trainers: [Trainer], on streams: [CUDAStream] = []) -> [Result<Evaluation?, any Error>] {
    var outcomes = [Result<Evaluation?, any Error>?](repeating: nil, count: trainers.count)
    while outcomes.contains(where: { $0 == nil }) {
      for (index, trainer) in trainers.enumerated() where outcomes[index] == nil {
        do {
          if !streams.isEmpty { try streams[index].makeCurrent() }
          if try !trainer.advance() { outcomes[index] = .success(trainer.evaluation) }
        } catch {
          outcomes[index] = .failure(error)
          if trainers.count > 1 { stop.raise() }
        }
      }
    }
    return outcomes.compactMap { $0 }
  }

  /// Calls `body` with a stream for each trainer, none where steps are not captured: steps on the default stream cannot be.
  ///
  /// What the streams do comes after what the current stream holds, and before what follows on it.
  public func withCaptureStreams<Result>(_ body: ([CUDAStream]) throws -> Result) throws -> Result {
    guard let device = trainers.first?.device, trainers.contains(where: \.usesCUDAGraphs) else { return try body([]) }
    let outer = try CUDAStream.current(on: device)
    let streams = try trainers.map { _ in try CUDAStream.fromPool(on: device) }
    for stream in streams { try stream.wait(for: outer) }
    let outcome = Swift.Result { try body(streams) }
    try outer.makeCurrent()
    for stream in streams { try outer.wait(for: stream) }
    return try outcome.get()
  }
}

extension Trainer {
  /// Trains all stages, from the store's last checkpoint if there is one, and evaluates the final model.
  /// - Returns: the evaluation on the test set, or nil without one.
  @discardableResult
  public func run() throws -> Evaluation? { try TrainingLoop([self]).run()[0].get() }
}
