import ModelTraining
import Torch

/// Stands in for captured graphs where there is no GPU: runs the program of a shape's first step again for every later step of that shape.
/// Whatever a later step brings along is ignored, as a replayed graph ignores it.
package final class ReplayedSteps: StepRunner {
  package let stepsPerRun: Int
  private var programs: [StepShape: () throws -> Void] = [:]
  /// Calls so far.
  package private(set) var callCount = 0
  /// Elements that each replay moved between host and engine.
  package private(set) var transferCounts: [Int] = []
  /// Calls that ran an earlier program.
  package var replayCount: Int { transferCounts.count }

  /// Makes a runner that takes so many steps at a time.
  package init(stepsPerRun: Int = 1) { self.stepsPerRun = stepsPerRun }

  /// The shapes that have come.
  package var shapes: Set<StepShape> { Set(programs.keys) }

  /// Forgets the programs: another stage has its own.
  package func forget() { programs = [:] }

  package func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws {
    callCount += 1
    guard let program = programs[shape] else {
      programs[shape] = body
      return try body()
    }
    let before = Engine.hostTransferCount
    try program()
    transferCounts.append(Engine.hostTransferCount - before)
  }
}
