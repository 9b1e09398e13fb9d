/// Runs the first program of each shape again and again, as a recording does: whatever a later call brings along is not looked at. Stands in
/// for recordings where there is no GPU.
package final class RepeatedPrograms: StepRunner {
  package let stepsPerRun: Int
  private var programs: [StepShape: () throws -> Void] = [:]
  /// Calls so far.
  package private(set) var callCount = 0
  /// Calls that ran an earlier program.
  package private(set) var repeatCount = 0

  /// Makes a runner of so many steps at a time.
  package init(stepsPerRun: Int = 1) { self.stepsPerRun = stepsPerRun }

  /// The shapes that have come.
  package var shapes: Set<StepShape> { Set(programs.keys) }

  /// Forgets the programs: another stage has its own.
  package func forget() { programs = [:] }

  package func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws {
    callCount += 1
    if programs[shape] != nil { repeatCount += 1 }
    let program = programs[shape] ?? body
    programs[shape] = program
    try program()
  }
}
