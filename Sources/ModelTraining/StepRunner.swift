/// Runs the device's share of training steps: as it is, or recorded once and started again.
///
/// The share of a step is the same program whenever its shape is the same. What changes from step to step lies on the device.
package protocol StepRunner: AnyObject {
  /// Runs one step.
  ///
  /// - Parameters:
  ///   - shape: what tells programs apart.
  ///   - body: the program; a runner may run what it has recorded of an earlier call with the same shape instead.
  func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws
}

/// What tells the programs of steps apart.
package struct StepShape: Hashable {
  /// The first step of the phase.
  package let phaseStart: Int
  /// Pictures of each stream, in the stage's order; the last batch of an epoch may be smaller.
  package let counts: [Int]
}

/// Runs every step as it is.
final class EagerSteps: StepRunner {
  func run(_ shape: StepShape, _ body: @escaping () throws -> Void) throws { try body() }
}
