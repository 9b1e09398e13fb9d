import Foundation
import LongtailTestSupport
import NeuralNetworks
import Testing

@Suite struct ScheduleTests {
  /// Five epochs of warm-up, then a hundredth at epoch 160 and again at 180, with 85 steps per epoch.
  @Test func longTailScheduleIsWorkedOutByHand() {
    let schedule = Schedule.warmup(
      length: .epochs(5), by: .epoch,
      then: .factors([.init(.epochs(160), 0.01), .init(.epochs(180), 0.0001)]))
    func rate(_ epoch: Int, _ step: Int) -> Double {
      0.1 * schedule.factor(atStep: epoch * 85 + step, stepsPerEpoch: 85, totalSteps: 200 * 85)
    }
    for step in [0, 40, 84] {
      expectClose((0..<7).map { rate($0, step) }, [0.02, 0.04, 0.06, 0.08, 0.1, 0.1, 0.1], relative: 1e-15)
      expectClose(
        [rate(159, step), rate(160, step), rate(179, step), rate(180, step), rate(199, step)],
        [0.1, 0.001, 0.001, 0.00001, 0.00001], relative: 1e-15)
    }
  }

  @Test func cosinesAreWorkedOutByHand() {
    let byStep = Schedule.cosine(end: 0.1, by: .step)
    expectClose(
      (0..<4).map { byStep.factor(atStep: $0, stepsPerEpoch: 2, totalSteps: 4) },
      [1, 0.1 + 0.45 * (1 + 0.5.squareRoot()), 0.55, 0.1 + 0.45 * (1 - 0.5.squareRoot())], relative: 1e-15)
    let byEpoch = Schedule.cosine(end: 0, by: .epoch)
    expectClose(
      (0..<6).map { byEpoch.factor(atStep: $0, stepsPerEpoch: 2, totalSteps: 6) }, [1, 1, 0.75, 0.75, 0.25, 0.25],
      relative: 1e-15)
    // Advanced before the first epoch: the last one has the end value.
    expectClose(
      Schedule.advancedCosine(end: 0).valuesPerEpoch(base: 0.2, epochs: 3), [0.15, 0.05, 0], relative: 1e-15,
      absolute: 1e-17)
  }

  @Test func warmupsAreWorkedOutByHand() {
    let bySteps = Schedule.warmup(length: .steps(4), by: .step, then: .constant)
    #expect(
      (0..<6).map { bySteps.factor(atStep: $0, stepsPerEpoch: 3, totalSteps: 9) } == [0.25, 0.5, 0.75, 1, 1, 1])
    let published = Schedule.warmupAdvancedCosine(start: 0.5, epochs: 3, end: 0)
    expectClose(
      published.valuesPerEpoch(base: 2, epochs: 6),
      [1, 1.5, 2, 1 + cos(Double.pi / 3), 1 + cos(2 * Double.pi / 3), 0], relative: 1e-14, absolute: 1e-15)
  }

  /// A warm-up that counts from 1: it begins a step below its start and ends a step below the peak.
  @Test func lateWarmupsAreWorkedOutByHand() {
    let published = Schedule.lateWarmupCosine(start: 0.5, epochs: 3, end: 0)
    expectClose(
      published.valuesPerEpoch(base: 2, epochs: 6),
      [0.5, 1, 1.5, 2, 1 + cos(Double.pi / 3), 1 + cos(2 * Double.pi / 3)], relative: 1e-14)
    // Where that would be below 0 it is 0.
    #expect(Schedule.lateWarmupCosine(start: 0.2, epochs: 2, end: 0).valuesPerEpoch(base: 1, epochs: 2) == [0, 0.2])
  }

  /// Factors are of the base value; their order in the list does not matter.
  @Test func milestonesDoNotMultiplyUp() {
    let schedule = Schedule.factors([.init(.steps(7), 0.25), .init(.epochs(1), 0.5)])
    #expect(
      (0..<10).map { schedule.factor(atStep: $0, stepsPerEpoch: 4, totalSteps: 10) }
        == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25])
  }

  /// Every schedule has a finite factor at every step, also of the shortest stages.
  @Test(arguments: [
    Schedule.constant, .factors([]), .cosine(end: 0, by: .step), .cosine(end: 0, by: .epoch), .advancedCosine(end: 0),
    .warmup(length: .epochs(5), by: .epoch, then: .cosine(end: 0, by: .step)),
    .warmup(length: .epochs(0), by: .step, then: .constant), .warmup(length: .steps(3), by: .epoch, then: .constant),
    .warmupAdvancedCosine(start: 0, epochs: 1, end: 0), .warmupAdvancedCosine(start: 0, epochs: 9, end: 0),
    .lateWarmupCosine(start: 0.1, epochs: 1, end: 0), .lateWarmupCosine(start: 0, epochs: 9, end: 0.2),
  ])
  func factorsStayWithinZeroAndOne(schedule: Schedule) {
    for (epochs, steps) in [(1, 1), (1, 7), (3, 1), (9, 2), (20, 5)] {
      for step in 0..<epochs * steps {
        let factor = schedule.factor(atStep: step, stepsPerEpoch: steps, totalSteps: epochs * steps)
        #expect(factor >= 0 && factor <= 1, "\(schedule) at step \(step) of \(epochs) x \(steps): \(factor)")
      }
    }
  }
}
