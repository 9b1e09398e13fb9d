/// Runs the device's share of training steps: each as it is, or captured once and replayed.
///
/// Steps of the same shape are the same program. What changes from step to step lies on the device.
package protocol StepRunner: AnyObject {
  /// Steps of one shape that it is given at a time, where so many follow each other.
  var stepsPerRun: Int { get }

  /// Runs a program.
  ///
  /// - Parameters:
  ///   - shape: what tells programs apart.
  ///   - body: the program; a runner may replay what it captured at an earlier call with the same shape instead.
  func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws
}

extension StepRunner {
  /// One step at a time.
  package var stepsPerRun: Int { 1 }
}

/// What tells the programs of steps apart.
package struct StepShape: Hashable {
  /// The first step of the phase.
  package let phaseStart: Int
  /// Images of each stream, in the stage's order; the last batch of an epoch may be smaller.
  package let counts: [Int]
  /// Steps, one after the other.
  package var steps = 1
}

/// Runs every step as it is.
final class EagerSteps: StepRunner {
  func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws { try body() }
}
