import ModelTraining
import Torch

/// Runs again what the first step of each shape was, as a recording does, and notes how often elements went between host and engine in it.
final class ShapedSteps: StepRunner {
  private var programs: [StepShape: () throws -> Void] = [:]
  private(set) var transfers: [Int] = []
  var stepsPerRun: Int { 1 }

  /// A stage has recordings of its own.
  func forget() { programs = [:] }

  func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws {
    guard let program = programs[shape] else {
      programs[shape] = body
      return try body()
    }
    let before = Engine.hostTransferCount
    try program()
    transfers.append(Engine.hostTransferCount - before)
  }
}
