import Torch

/// Several runs on one device at the same time: step by step in turn, each on a stream of its own where their steps are recorded.
///
/// A small network leaves most of a GPU idle; another one's kernels run there meanwhile. No run's result depends on the others. On a
/// processor, and without recorded steps, nothing is gained: one run follows the other.
public final class ConcurrentTraining {
  private let trainers: [Trainer]
  private let stop: StopSignal

  /// Makes a set of runs, all on the same device.
  ///
  /// - Parameters:
  ///   - trainers: the runs.
  ///   - stop: the signal that ends all of them; raised when one fails, so that the others save and end.
  public init(_ trainers: [Trainer], stop: StopSignal = StopSignal()) {
    self.trainers = trainers
    self.stop = stop
  }

  /// Runs all of them to their ends.
  /// - Returns: for each run its measurement on the test set, nil without one, or the error that ended it.
  public func run() -> [Result<Evaluation?, any Error>] {
    do {
      return try onStreams { streams in
        streams.isEmpty ? trainers.map { runAlone($0) } : runInTurn(on: streams)
      }
    } catch {
      return trainers.map { _ in .failure(error) }
    }
  }

  private func runAlone(_ trainer: Trainer) -> Result<Evaluation?, any Error> {
    Result {
      while try trainer.advance() {}
      return trainer.result
    }
  }

  /// One step of each run after the other; whoever has ended drops out.
  package func runInTurn(on streams: [CUDAStream?]) -> [Result<Evaluation?, any Error>] {
    var outcomes = [Result<Evaluation?, any Error>?](repeating: nil, count: trainers.count)
    while outcomes.contains(where: { $0 == nil }) {
      for (index, trainer) in trainers.enumerated() where outcomes[index] == nil {
        do {
          try streams[index]?.makeCurrent()
          if try !trainer.advance() { outcomes[index] = .success(trainer.result) }
        } catch {
          outcomes[index] = .failure(error)
          stop.raise()
        }
      }
    }
    return outcomes.map { $0 ?? .success(nil) }
  }

  /// Streams beside the default one, whose steps cannot be recorded: after what the current one holds, and before what comes to it.
  package func onStreams<Result>(_ body: ([CUDAStream?]) throws -> Result) throws -> Result {
    guard let device = trainers.first?.device, trainers.contains(where: \.recordsSteps) else { return try body([]) }
    let outer = try CUDAStream.current(on: device)
    let streams = try trainers.map { _ in try CUDAStream.fromPool(on: device) }
    for stream in streams { try stream.wait(for: outer) }
    let outcome = Swift.Result { try body(streams) }
    try outer.makeCurrent()
    for stream in streams { try outer.wait(for: stream) }
    return try outcome.get()
  }
}
